import type { Hex } from '../../base/bytes.ts';
import { decodeMetrics, type Metrics } from '../../protocol/metrics.ts';
import type { BlobStore } from '../blob-store.ts';
import type { Figures, PrivacyView, RoundFigures } from '../member-view.ts';
import type { PeerStore } from '../peer-store.ts';

/** What a member said of itself, round by round: from its own signed records and the metrics that they name, which are on disk. */
export interface OwnHistory {
  /** Reads all rounds that the folder has. */
  load(): Promise<void>;
  /** Reads one more round. */
  add(round: number): Promise<void>;
  /** In ascending order; rounds that the member missed, or whose metrics are lost, are left out. */
  figures(): readonly RoundFigures[];
  spending(): PrivacyView['rounds'];
}

export interface OwnHistoryDeps {
  readonly store: Pick<PeerStore, 'announcement' | 'progress'>;
  readonly blobs: Pick<BlobStore, 'get'>;
  /** The accounts that the member has had. */
  accounts(): readonly Hex[];
}

export function createOwnHistory({ store, blobs, accounts }: OwnHistoryDeps): OwnHistory {
  const figures = new Map<number, RoundFigures>();
  const spending = new Map<number, number>();
  const ascending = <T>(byRound: ReadonlyMap<number, T>): T[] =>
    [...byRound].toSorted(([a], [b]) => a - b).map(([, value]) => value);

  const add = async (round: number): Promise<void> => {
    const announcement = accounts()
      .map((account) => store.announcement(account, round))
      .findLast((found) => found !== null);
    if (announcement === undefined || announcement === null) return;
    spending.set(round, announcement.record.epsilonMicros);
    const bytes = await blobs.get(announcement.record.metrics);
    if (bytes !== null) figures.set(round, figuresOf(decodeMetrics(bytes)));
  };

  return {
    async load() {
      const last = store.progress()?.round ?? -1;
      for (let round = 0; round <= last; round++) await add(round);
    },
    add,
    figures: () => ascending(figures),
    spending: () =>
      ascending(new Map([...spending].map(([round, epsilonMicros]) => [round, { round, epsilonMicros }]))),
  };
}

function figuresOf({ round, heldOut, common, training }: Metrics): RoundFigures {
  return { round, heldOut: pick(heldOut), common: common === null ? null : pick(common), training };
}

const pick = ({ loss, accuracy, auc }: Figures): Figures => ({ loss, accuracy, auc });
