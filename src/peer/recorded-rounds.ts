import { type Hex, sha256, toHex } from '../base/bytes.ts';
import { type Contribution, isClosing } from '../protocol/contribution.ts';
import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import { decodeMetrics } from '../protocol/metrics.ts';
import { participantsIn } from '../protocol/participants.ts';
import { decodeRecipe } from '../protocol/recipe.ts';
import { decodeSegment, rootOfDigests, segmentModel } from '../protocol/segments.ts';
import { NotReproducible } from './not-reproducible.ts';
import type { Reproducer } from './reproducer.ts';

/** One of a member's own rounds as the ledger has it. */
export interface RecordedRound {
  readonly record: Contribution;
  /** The commitment to the data that the member took part with then. */
  readonly dataCommitment: Hex | null;
}

/**
 * A member's own training contributions up to a round, ascending.
 * @throws NotReproducible `not-recorded`
 */
export function recordedRounds(log: readonly LedgerEntry[], account: Hex, last: number): RecordedRound[] {
  const accounts = participantsIn(log).find((each) => each.accounts.includes(account))?.accounts ?? [account];
  let dataCommitment: Hex | null = null;
  const rounds: RecordedRound[] = [];
  for (const { kind, record } of log) {
    if (kind === 'joined' && accounts.includes(record.member)) dataCommitment = record.dataCommitment;
    if (kind !== 'contribution' || !accounts.includes(record.member) || isClosing(record)) continue;
    if (record.round <= last) rounds.push({ record, dataCommitment });
  }
  if (rounds.at(-1)?.record.round === last) return rounds;
  throw new NotReproducible(
    'not-recorded',
    `the ledger has no training of ${account} for round ${last}; 'consilium audit list' shows what it has`,
  );
}

/**
 * The parameters that a record was trained from, segment by segment.
 * @throws NotReproducible `base-gone`
 */
export async function recordedBase(
  { base, recipe, round }: Contribution,
  { terms, initialModel, blobs }: Pick<Reproducer, 'terms' | 'initialModel' | 'blobs'>,
): Promise<Float32Array[]> {
  const { manifest } = terms;
  if (base === manifest.initialModel.digest) {
    return segmentModel(initialModel, manifest.segments).blobs.map(decodeSegment);
  }
  const gone = (what: string) =>
    new NotReproducible(
      'base-gone',
      `${what} of the base of round ${round} is not in the data folder any more, or is damaged`,
    );
  const bytes = await blobs.get(recipe);
  if (bytes === null) throw gone('the recipe');
  const digests = decodeRecipe(bytes).segments.map(({ result }) => result);
  if (rootOfDigests(digests) !== base) throw gone('the right recipe');
  const found = await Promise.all(digests.map((digest) => blobs.get(digest)));
  return found.map((segment, i) => {
    if (segment === null) throw gone(`segment ${i}`);
    return decodeSegment(segment);
  });
}

/**
 * Which engine a record was made with, after what its metrics say was compared with what there is.
 * @throws NotReproducible `metrics-gone`, `engine`, `seed-differs`
 */
export async function recordedEngine(
  { metrics: digest, round }: Contribution,
  { blobs, trainingSeed, engineName }: Pick<Reproducer, 'blobs' | 'trainingSeed' | 'engineName'>,
): Promise<{ readonly name: string; readonly version: string }> {
  const bytes = await blobs.get(digest);
  if (bytes === null) {
    const message = `the metrics of round ${round}, which name engine and seed, are not in the data folder any more`;
    throw new NotReproducible('metrics-gone', message);
  }
  const metrics = decodeMetrics(bytes);
  const { name, version, reproducible } = metrics.engine;
  if (!reproducible || name !== engineName) {
    throw new NotReproducible(
      'engine',
      `round ${round} was trained with the engine ${JSON.stringify(name)}, which does not give the same bits again; only ${engineName} does`,
    );
  }
  if (metrics.seedCommitment !== toHex(sha256(Buffer.from(trainingSeed)))) {
    const message = `the training seed in the data folder is not the one that round ${round} committed to; find the right folder`;
    throw new NotReproducible('seed-differs', message);
  }
  return { name, version };
}
