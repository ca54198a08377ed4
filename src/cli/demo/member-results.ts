import type { Hex } from '../../base/bytes.ts';
import type { DemoOutcome } from './run-demo.ts';

/** A member's line in the result of a demo. Accuracies and AUC are on the common test part. */
export interface MemberResult {
  readonly name: string;
  readonly address: Hex;
  readonly samples: number;
  readonly accuracyAlone: number | null;
  readonly accuracyFederated: number | null;
  readonly aucAlone: number | null;
  readonly aucFederated: number | null;
  /** Nats of loss on other members' data, summed over the rounds; null if too few others scored it. */
  readonly score: number | null;
  /** Nats that its training took away in the final models, traced through the mixes; null where that is not known. */
  readonly traced: number | null;
  /** ε spent by its last record; zero without a budget. */
  readonly epsilon: number;
  readonly signed: number;
  readonly expected: number;
  readonly anchored: number;
  readonly late: number;
  readonly finalModel: Hex | null;
  readonly killed: boolean;
}

/** Puts together what the audit found and what the demo compared with. */
export function memberResults({ report, rows, reference }: DemoOutcome): MemberResult[] {
  return rows.map((row, i) => {
    const audited = report.members.find((member) => member.address === row.address);
    const final = audited?.metrics.find((metrics) => metrics.round === report.rounds);
    const alone = reference.alone[i];
    return {
      name: row.name,
      address: row.address,
      samples: audited?.samples ?? 0,
      accuracyAlone: alone?.accuracy ?? null,
      accuracyFederated: final?.common?.accuracy ?? null,
      aucAlone: alone?.auc ?? null,
      aucFederated: final?.common?.auc ?? null,
      score: inNats(audited?.scoreMicros),
      traced: inNats(audited?.tracedMicros),
      epsilon: (audited?.epsilonMicros ?? 0) / 1e6,
      signed: audited?.signed ?? 0,
      expected: audited?.expected ?? 0,
      anchored: audited?.anchored ?? 0,
      late: audited?.late ?? 0,
      finalModel: audited?.finalModel ?? null,
      killed: row.phase === 'killed',
    };
  });
}

const inNats = (micros: number | null | undefined): number | null => (typeof micros === 'number' ? micros / 1e6 : null);
