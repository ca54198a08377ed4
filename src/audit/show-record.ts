import type { Hex } from '../base/bytes.ts';
import type { Announcement } from '../protocol/announcement.ts';
import { firstRoundOfStudy } from '../protocol/continuation.ts';
import type { Contribution } from '../protocol/contribution.ts';
import { decodeMetrics, type Metrics } from '../protocol/metrics.ts';
import { participantsIn } from '../protocol/participants.ts';
import type { Recipe } from '../protocol/recipe.ts';
import { contributionDigest, recoverSigner, type Signature } from '../protocol/signature.ts';
import { unpackScores } from '../protocol/valuation.ts';
import { scoreReports } from '../valuation/score-reports.ts';
import { MINIMUM_EVALUATORS, medianMicros } from '../valuation/study-score.ts';
import { type AuditSubject, keyOf } from './audit-subject.ts';
import { type MixSource, sourcesOf } from './lineage.ts';
import { readMixRecipe } from './read-mix-recipe.ts';

/** Everything that is known of one member's record of one round. */
export interface ShownRecord {
  /** As the ledger has it, or as the bundle does where the ledger has none. */
  readonly record: Contribution;
  /** Null if the ledger does not have it. */
  readonly place: {
    readonly entry: number;
    readonly head: Hex;
    readonly blockNumber: number;
    readonly transaction: Hex;
  } | null;
  /** Null if the bundle does not have it. */
  readonly signed: {
    readonly signature: Signature;
    readonly isGenuine: boolean;
    readonly segments: readonly Hex[];
  } | null;
  /** True in the round that the study began with: its base is the initial model, or what the study before left. */
  readonly isFirst: boolean;
  /** The mix that gave the base; null in the first round, and where the recipe is missing or cannot be read. */
  readonly mix: ShownMix | null;
  /** Null if they are missing or cannot be read. */
  readonly metrics: Metrics | null;
  /** What the member revealed of others in this round's mix, by account, in millionths; null where it revealed nothing. */
  readonly scoresGiven: Readonly<Record<Hex, number>> | null;
  /** What the others revealed of this contribution, by account, in millionths. */
  readonly scoresReceived: Readonly<Record<Hex, number>>;
  /** Their median; null where fewer than three scored it. */
  readonly scoreMicros: number | null;
}

export interface ShownMix extends Pick<Recipe, 'member' | 'round' | 'refused' | 'result'> {
  /** Of the contributions at hand, each with its mean weight over the segments. */
  readonly sources: readonly MixSource[];
}

/** @returns null if neither ledger nor bundle has a record of any of the accounts for that round */
export async function showRecord(
  subject: AuditSubject,
  accounts: readonly Hex[],
  round: number,
): Promise<ShownRecord | null> {
  const keys = accounts.map((account) => keyOf(round, account));
  const anchored = subject.log.find(
    ({ kind, record }) => kind === 'contribution' && record.round === round && accounts.includes(record.member),
  );
  const announcement = keys.map((key) => subject.announcements.get(key)).find((each) => each !== undefined);
  const record = anchored?.kind === 'contribution' ? anchored.record : announcement?.record;
  if (record === undefined) return null;
  const isFirst = round <= firstRoundOfStudy(subject.manifest);
  const received = scoresReceived(subject, accounts, round);
  const values = Object.values(received);
  return {
    record,
    place: anchored === undefined ? null : placeOf(anchored),
    signed: announcement === undefined ? null : signedPart(subject, announcement),
    isFirst,
    mix: isFirst ? null : await mixOf(subject, record),
    metrics: await metricsOf(subject, record),
    scoresGiven: scoresGiven(subject, accounts, round),
    scoresReceived: received,
    scoreMicros: values.length < MINIMUM_EVALUATORS ? null : medianMicros(values),
  };
}

const placeOf = ({ sequence, head, blockNumber, transaction }: AuditSubject['log'][number]) => ({
  entry: sequence,
  head,
  blockNumber,
  transaction,
});

const signedPart = ({ domain }: AuditSubject, { record, signature, segments }: Announcement) => ({
  signature,
  isGenuine: recoverSigner(contributionDigest(domain, record), signature) === record.member,
  segments,
});

async function mixOf(subject: AuditSubject, record: Contribution): Promise<ShownMix | null> {
  const recipe = await readMixRecipe(subject, record);
  if (recipe === null) return null;
  const { member, round, refused, result } = recipe;
  return { member, round, refused, result, sources: sourcesOf(recipe) };
}

async function metricsOf({ bundle }: AuditSubject, { metrics }: Contribution): Promise<Metrics | null> {
  const bytes = await bundle.document(metrics);
  try {
    return bytes === null ? null : decodeMetrics(bytes);
  } catch {
    return null; // a finding of the audit
  }
}

function scoresGiven({ valuations, log }: AuditSubject, accounts: readonly Hex[], round: number) {
  const own = valuations.find((each) => each.round === round && accounts.includes(each.evaluator));
  if (own === undefined) return null;
  const scores = unpackScores(own.scores);
  const given = participantsIn(log).flatMap(({ account, position }) => {
    const score = scores[position] ?? null;
    return score === null ? [] : [[account, score] as const];
  });
  return Object.fromEntries(given);
}

function scoresReceived({ log }: AuditSubject, accounts: readonly Hex[], round: number): Record<Hex, number> {
  const participants = participantsIn(log);
  const position = participants.findIndex((each) => accounts.some((account) => each.accounts.includes(account)));
  const received = scoreReports(log).flatMap(({ round: scored, evaluator, scores }) => {
    const [account, score] = [participants[evaluator]?.account, scores[position] ?? null];
    return scored === round && account !== undefined && score !== null ? [[account, score] as const] : [];
  });
  return Object.fromEntries(received);
}
