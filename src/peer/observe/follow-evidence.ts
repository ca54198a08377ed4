import { checkSiteMetrics } from '../../audit/check-metrics.ts';
import type { Finding } from '../../audit/finding.ts';
import type { Clock } from '../../base/clock.ts';
import type { Order } from '../../gossip/obtain-blobs.ts';
import type { StudyNetwork } from '../../gossip/study-network.ts';
import type { LedgerIndex } from '../../ledger/ledger-index.ts';
import type { Announcement } from '../../protocol/announcement.ts';
import { type Contribution, hashContribution } from '../../protocol/contribution.ts';
import type { BlobStore } from '../blob-store.ts';
import type { PeerStore } from '../peer-store.ts';
import { type EvidenceTerms, evidenceOrders } from './evidence-orders.ts';
import type { Observed, ObserverEvent } from './observer-event.ts';

export interface FollowDeps {
  readonly clock: Clock;
  readonly network: Pick<StudyNetwork, 'catchUp' | 'connectedMembers' | 'obtain'>;
  readonly index: LedgerIndex;
  readonly store: Pick<PeerStore, 'announcement' | 'announcements'>;
  readonly blobs: BlobStore;
  readonly terms: EvidenceTerms;
  emit(event: ObserverEvent): void;
}

/** Rounds whose records are asked for in one look: well below what members allow each other. */
const ROUNDS_A_LOOK = 2;
/** What nobody had is asked for again after this. */
const RETRY_MILLISECONDS = 1_000;

/** Collects what contributions name, and holds each that is on the ledger against what was signed. */
export interface EvidenceFollower {
  /** A signed contribution that passed the rules of gossip. */
  add(announcement: Announcement): void;
  /** Gets what lacks, and judges what is complete. */
  look(signal: AbortSignal): Promise<void>;
  observed(): Observed;
}

export function followEvidence(deps: FollowDeps): EvidenceFollower {
  const { clock, network, index, store, blobs, terms, emit } = deps;
  const incomplete = new Map(store.announcements().map((each) => [keyOf(each.record), each]));
  const judged = new Set<string>();
  const askedAt = new Map<string, number>();
  const missing = new Set<string>();
  let [verified, findings] = [0, 0];
  let seeking: Promise<void> | null = null;

  const anchored = () => index.entries().flatMap((entry) => (entry.kind === 'contribution' ? entry : []));

  const judge = (found: readonly Finding[]): void => {
    findings += found.length;
    for (const finding of found) emit({ event: 'observer.finding', ...finding });
  };

  const isUnheard = ({ member, round }: Contribution): boolean => store.announcement(member, round) === null;

  /** Records that this node was not there to hear. */
  const seekRecords = async (): Promise<void> => {
    const unheard = anchored().filter(({ record }) => isUnheard(record));
    let asked = 0;
    for (const round of new Set(unheard.map(({ record }) => record.round))) {
      if (asked === ROUNDS_A_LOOK) break;
      if (!isDue(`round ${round}`)) continue;
      asked += 1;
      await network.catchUp(round);
    }
  };

  /** True once in a while for what was asked for before. */
  const isDue = (name: string): boolean => {
    const last = askedAt.get(name);
    if (last !== undefined && clock.now() - last < RETRY_MILLISECONDS) return false;
    askedAt.set(name, clock.now());
    return true;
  };

  const fetchNamed = async (signal: AbortSignal): Promise<void> => {
    const lacking: Order[] = [];
    for (const [key, announcement] of incomplete) {
      const orders = evidenceOrders(announcement, terms, network.connectedMembers());
      const held = await Promise.all(orders.map(({ digest }) => blobs.has(digest)));
      const open = orders.filter((_, i) => held[i] !== true);
      if (open.length === 0) incomplete.delete(key);
      lacking.push(...open);
    }
    const due = lacking.filter(({ digest }) => isDue(digest));
    const got = await network.obtain(due, blobs.putChecked, signal);
    for (const { digest } of lacking) if (!got.has(digest)) missing.add(digest);
  };

  const verify = async (record: Contribution, sequence: number): Promise<void> => {
    const { member, round } = record;
    const announcement = store.announcement(member, round);
    const bytes = announcement === null ? null : await blobs.get(record.metrics);
    if (announcement === null || bytes === null) return;
    judged.add(keyOf(record));
    if (hashContribution(announcement.record) !== hashContribution(record)) {
      const message = 'the member signed another record for this round than the ledger has';
      return judge([{ code: 'audit/record-missing', member, round, sequence, message }]);
    }
    const { metrics, findings: found } = checkSiteMetrics(record, bytes, terms.manifest.subgroups);
    judge(found);
    if (metrics === null || found.length > 0) return;
    verified += 1;
    emit({ event: 'observer.verified', member, round, sequence, heldOut: metrics.heldOut, common: metrics.common });
  };

  return {
    add: (announcement) => void incomplete.set(keyOf(announcement.record), announcement),
    look: async (signal) => {
      missing.clear();
      // A member that has just gone keeps who asks it waiting; what others have named is fetched meanwhile.
      seeking ??= seekRecords().finally(() => (seeking = null));
      await fetchNamed(signal);
      for (const { record, sequence } of anchored()) {
        if (isUnheard(record)) missing.add(`record ${keyOf(record)}`);
        else if (!judged.has(keyOf(record))) await verify(record, sequence);
      }
    },
    observed: () => ({ contributions: anchored().length, verified, missing: missing.size, findings }),
  };
}

const keyOf = ({ round, member }: Pick<Contribution, 'round' | 'member'>): string => `${round}/${member}`;
