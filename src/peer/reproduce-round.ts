import { type Hex } from '../base/bytes.ts';
import type { Engine } from '../model/engine.ts';
import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import { rootOfDigests } from '../protocol/segments.ts';
import { NotReproducible, type ReproductionObstacle } from './not-reproducible.ts';
import { type RecordedRound, recordedEngine, recordedRounds } from './recorded-rounds.ts';
import { type Carried, carriedInto, repeatRound } from './repeat-round.ts';
import { openReproducer, type Reproducer } from './reproducer.ts';

/** What came of training a recorded round again. */
export type Reproduction =
  | (ReproducedRound & { readonly outcome: 'match' })
  | (ReproducedRound & {
      readonly outcome: 'mismatch';
      /** The first round that came out differently: the one asked for, or an earlier one that it builds on. */
      readonly at: number;
      /** Digest that came out for it. */
      readonly found: Hex;
      /** Segments of it that differ, as far as the data folder knows the recorded ones. */
      readonly segments: readonly number[];
    })
  | { readonly outcome: 'cannot'; readonly obstacle: ReproductionObstacle; readonly message: string };

interface ReproducedRound {
  readonly study: Hex;
  readonly member: Hex;
  readonly round: number;
  /** The update that the ledger has. */
  readonly update: Hex;
  readonly engine: Pick<Engine, 'name' | 'version'>;
  /** Rounds that were trained: more than one where the study carries something on from round to round. */
  readonly trained: readonly number[];
}

export interface ReproductionRun {
  readonly round: number;
  /** The study's log. */
  readonly log: readonly LedgerEntry[];
  readonly signal: AbortSignal;
  readonly onEpoch?: (done: number, total: number) => void;
}

/**
 * Trains one of the member's own recorded rounds again, from the recorded base, with its seed and the data that it committed to, and compares
 * what comes out with the update on the ledger, bit for bit. Writes nothing; data, key and seed stay where they are.
 * @param path the member's data folder; its peer must not be running
 * @throws PeerError `peer/config-invalid`, `peer/store-locked`; the signal's reason if it aborts
 */
export async function reproduceRound(path: string, run: ReproductionRun): Promise<Reproduction> {
  try {
    const member = await openReproducer(path);
    try {
      return await reproduce(member, run);
    } finally {
      member.store.close();
    }
  } catch (error) {
    if (!(error instanceof NotReproducible)) throw error;
    return { outcome: 'cannot', obstacle: error.obstacle, message: error.message };
  }
}

async function reproduce(member: Reproducer, run: ReproductionRun): Promise<Reproduction> {
  const rounds = neededRounds(member, recordedRounds(run.log, member.self, run.round));
  const engines = await Promise.all(rounds.map(({ record }) => recordedEngine(record, member)));
  const target = rounds.at(-1)?.record;
  const engine = engines.at(-1);
  const first = rounds[0]?.record;
  if (target === undefined || engine === undefined || first === undefined) throw new RangeError('no round is needed');
  const trained = rounds.map(({ record }) => record.round);
  const common = {
    study: target.study,
    member: target.member,
    round: run.round,
    update: target.update,
    engine,
    trained,
  };
  let carried: Carried = await carriedInto(member, first.round);
  for (const [i, { record }] of rounds.entries()) {
    const repeated = await repeatRound(member, {
      record,
      carried,
      signal: run.signal,
      onEpoch: (epoch, epochs) => run.onEpoch?.(i * epochs + epoch, rounds.length * epochs),
    });
    const found = rootOfDigests(repeated.digests);
    if (found !== record.update) {
      requireSameVersion(member, engines[i]?.version, record.round);
      const recorded = member.store.announcement(record.member, record.round)?.segments ?? [];
      const segments = recorded.flatMap((digest, segment) => (digest === repeated.digests[segment] ? [] : [segment]));
      return { ...common, outcome: 'mismatch', at: record.round, found, segments };
    }
    carried = repeated.carried;
  }
  return { ...common, outcome: 'match' };
}

/** All rounds where something is carried on from one to the next, else the last. @throws NotReproducible `data-differs` */
function neededRounds(member: Reproducer, rounds: readonly RecordedRound[]): readonly RecordedRound[] {
  const needed = member.carriesOn ? rounds : rounds.slice(-1);
  const other = needed.find(({ dataCommitment }) => dataCommitment !== member.dataCommitment);
  if (other === undefined) return needed;
  throw new NotReproducible(
    'data-differs',
    `the data and key in the folder do not give the commitment ${other.dataCommitment} that the member made for round ${other.record.round}; ` +
      'put the data back that it trained on then',
  );
}

/** Another version of the engine may come to something else, and nobody is to blame for it. */
function requireSameVersion({ engineVersion }: Reproducer, recorded: string | undefined, round: number): void {
  if (recorded === engineVersion) return;
  throw new NotReproducible(
    'engine-version',
    `round ${round} was trained with version ${JSON.stringify(recorded)} of the engine, and with ${engineVersion} it comes out differently; ` +
      'install the version of Consilium that ran the study',
  );
}
