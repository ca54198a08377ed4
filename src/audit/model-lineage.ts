import type { Hex } from '../base/bytes.ts';
import type { LedgerReader } from '../ledger/ledger.ts';
import { firstRoundOfStudy } from '../protocol/continuation.ts';
import { type Contribution, isClosing } from '../protocol/contribution.ts';
import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import { participantsIn } from '../protocol/participants.ts';
import { AuditError } from './audit-error.ts';
import { type AuditSubject, keyOf } from './audit-subject.ts';
import type { Finding } from './finding.ts';
import { type LineageEdge, lineageEdges, type ModelName } from './lineage-edges.ts';
import { sharesInMix } from './mix-sources.ts';
import { openSubject, type ReportSource } from './open-subject.ts';
import type { Bundle } from './read-bundle.ts';
import { readMixRecipe } from './read-mix-recipe.ts';
import { type LineageGraph, type Origin, type TracedTraining, traceLineage } from './trace-lineage.ts';

/** A contribution whose training is in a model. */
export interface LineageRow extends TracedTraining {
  /** Its part of all training that is known to be in the model; all rows sum to 1. */
  readonly share: number;
  readonly update: Hex;
  /** Its place in the log. */
  readonly entry: number;
}

/** A model in a lineage; the digest is the one that its member signed. */
export interface NamedModel extends ModelName {
  readonly digest: Hex;
}

export interface ModelLineage extends ReportSource {
  /** Whose record names the model as its base, and of which round. */
  readonly member: Hex;
  readonly round: number;
  readonly model: Hex;
  /** True for the model that closed the member's study. */
  readonly isFinal: boolean;
  /** The newest round first. */
  readonly rows: readonly LineageRow[];
  /** Bases behind the model whose recipe is missing or cannot be read, and their weight in it: what they are made of is not in the rows. */
  readonly unknown: readonly TracedTraining[];
  /** The graph behind the model, contributions without a weight in it left out: who trained from what, and who mixed or took over what. */
  readonly edges: readonly LineageEdge<NamedModel>[];
  readonly findings: readonly Finding[];
}

export interface LineageQuery {
  /** The chain; null to go by the bundle's own copy of the log. */
  readonly ledger: LedgerReader | null;
  /** Accounts of the member whose model it is. */
  readonly accounts: readonly Hex[];
  /** The round that began from the model, or null for the newest. */
  readonly round: number | null;
}

/**
 * Which contributions a model is made of, and how much of each is in it. Recipes are taken at their word: the audit repeats them.
 * @throws AuditError `audit/bundle-of-another-contract`, `audit/manifest-missing`, `audit/no-such-record`; LedgerError
 */
export async function modelLineage(bundle: Bundle, { ledger, accounts, round }: LineageQuery): Promise<ModelLineage> {
  const { source, subject, findings } = await openSubject(bundle, ledger);
  const model = findModel(subject, accounts, round);
  const graph = await readGraph(subject);
  const { trainings, unknown } = traceLineage(graph, model);
  return {
    ...source,
    member: model.member,
    round: model.round,
    model: model.base,
    isFinal: isClosing(model),
    rows: describe(subject, trainings),
    unknown,
    edges: lineageEdges(graph, model).flatMap((edge) => nameEnds(subject, edge)),
    findings,
  };
}

function findModel({ contributions }: AuditSubject, accounts: readonly Hex[], round: number | null): Contribution {
  const own = [...contributions.values()].filter((record) => accounts.includes(record.member));
  const found = own.filter((record) => round === null || record.round === round);
  const newest = found.toSorted((a, b) => b.round - a.round)[0];
  if (newest !== undefined) return newest;
  const when = round === null ? '' : ` of round ${round}`;
  throw new AuditError(
    'audit/no-such-record',
    `the ledger has no record${when} by ${accounts.at(-1)}, so no base of it is known; 'consilium audit list' shows what there is`,
  );
}

async function readGraph(subject: AuditSubject): Promise<LineageGraph> {
  const graph = new Map<string, Origin>();
  for (const [key, record] of subject.contributions) {
    const origin = await originOf(subject, record);
    if (origin !== null) graph.set(key, origin);
  }
  return graph;
}

async function originOf(subject: AuditSubject, record: Contribution): Promise<Origin | null> {
  if (record.round <= firstRoundOfStudy(subject.manifest)) return { kind: 'initial' };
  const recipe = await readMixRecipe(subject, record);
  if (recipe === null) return null;
  if (recipe.member !== record.member) return { kind: 'takenOver', from: recipe.member };
  const sources = sharesInMix(subject.manifest, recipe);
  const isSound = sources.every(
    ({ member, round }) => round <= recipe.round && subject.contributions.has(keyOf(round, member)),
  );
  // A mix of what nobody recorded, or of what was not there yet, explains nothing; the audit finds it.
  return isSound ? { kind: 'mixed', sources } : null;
}

function describe({ log, contributions }: AuditSubject, trainings: readonly TracedTraining[]): LineageRow[] {
  const total = trainings.reduce((sum, { weight }) => sum + weight, 0);
  const places = new Map(
    log.flatMap(({ kind, record, sequence }) =>
      kind === 'contribution' ? [[keyOf(record.round, record.member), sequence] as const] : [],
    ),
  );
  return trainings.flatMap((training): LineageRow[] => {
    const key = keyOf(training.round, training.member);
    const [record, entry] = [contributions.get(key), places.get(key)];
    if (record === undefined || entry === undefined) return [];
    return [{ ...training, share: training.weight / total, update: record.update, entry }];
  });
}

/** Both ends by their digests; nothing for an edge to a model that no record names. */
function nameEnds({ contributions }: AuditSubject, edge: LineageEdge): LineageEdge<NamedModel>[] {
  const nameOf = (name: ModelName): NamedModel | undefined => {
    const record = contributions.get(keyOf(name.round, name.member));
    return record && { ...name, digest: name.part === 'base' ? record.base : record.update };
  };
  const [from, to] = [edge.from && nameOf(edge.from), nameOf(edge.to)];
  return from === undefined || to === undefined ? [] : [{ ...edge, from, to }];
}

/** The part of each participant in a model's training, in order of position; who has none is there with 0. */
export function sharesByMember(rows: readonly LineageRow[], log: readonly LedgerEntry[]) {
  return participantsIn(log).map(({ account, accounts }) => {
    const own = rows.filter(({ member }) => accounts.includes(member));
    return { member: account, trainings: own.length, share: own.reduce((sum, { share }) => sum + share, 0) };
  });
}
