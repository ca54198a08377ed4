import { createSeededRandom } from '../../../src/base/seeded-random.ts';
import { auditMutation, type Detection } from './audit-mutation.ts';
import type { BaseBundle, Mutation } from './case.ts';
import { MUTATION_KINDS } from './kinds.ts';

export interface KindOutcome {
  readonly kind: string;
  tried: number;
  findings: number;
  notices: number;
  refused: number;
  readonly missed: string[];
}

/** What came of a campaign, by kind. */
export type CampaignOutcome = readonly KindOutcome[];

/** Mutations `from` up to, not including, `to` of the campaign of a seed; each kind in its turn. */
export interface CampaignPart {
  readonly seed: string;
  readonly from: number;
  readonly to: number;
  /** Where the mutated bundle is written. */
  readonly path: string;
  readonly kinds?: readonly string[];
  readonly onProgress?: (done: number) => void;
}

/** Makes each mutation, and has it audited. */
export async function runCampaign(base: BaseBundle, part: CampaignPart): Promise<CampaignOutcome> {
  const kinds = part.kinds ?? Object.keys(MUTATION_KINDS);
  const outcomes = new Map(
    kinds.map((kind): [string, KindOutcome] => [
      kind,
      { kind, tried: 0, findings: 0, notices: 0, refused: 0, missed: [] },
    ]),
  );
  for (let i = part.from; i < part.to; i++) {
    const kind = kinds[i % kinds.length] ?? '';
    const mutation = mutationOf(base, kind, `${part.seed}/${i}`);
    const outcome = outcomes.get(kind);
    if (outcome === undefined) throw new RangeError(`there is no kind ${kind}`);
    note(
      outcome,
      await auditMutation(base, mutation, part.path),
      `${i}: ${mutation.what}${mutation.isOffline ? ', offline' : ''}`,
    );
    part.onProgress?.(i + 1 - part.from);
  }
  return [...outcomes.values()];
}

const TABLE: Readonly<Record<Detection, 'findings' | 'notices' | 'refused'>> = {
  finding: 'findings',
  notice: 'notices',
  refused: 'refused',
};

function note(outcome: KindOutcome, detection: Detection | null, what: string): void {
  outcome.tried += 1;
  if (detection === null) outcome.missed.push(what);
  else outcome[TABLE[detection]] += 1;
}

/** The mutation of a number is always the same; dice that change nothing are thrown again. */
export function mutationOf(base: BaseBundle, kind: string, label: string): Mutation {
  const random = createSeededRandom(label, kind);
  for (;;) {
    const mutation = MUTATION_KINDS[kind]?.(base, random);
    if (mutation != null) return mutation;
    if (mutation === undefined) throw new RangeError(`there is no kind ${kind}`);
  }
}
