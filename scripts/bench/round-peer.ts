import type { Hex } from '../../src/base/bytes.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { BlobSource } from '../../src/gossip/blob-source.ts';
import { createStudyNetwork, type StudyNetwork, type StudyNetworkOptions } from '../../src/gossip/study-network.ts';
import { type Announcement, encodeAnnouncement } from '../../src/protocol/announcement.ts';
import { DOMAIN, STUDY } from '../../test/builders.ts';

export interface RoundPeerDeps {
  readonly members: ReadonlySet<Hex>;
  readonly blobs: BlobSource;
  /** S of the round that is measured. */
  segments(): number;
  announcements(round: number): Announcement[];
  onContribution(announcement: Announcement): void;
}

/** As many as any bench has. */
const ROUNDS = 1_000_000;

/** The network of a peer as it is in a study, with a study around it that has no ledger. */
export function createRoundPeer(deps: RoundPeerDeps, options: StudyNetworkOptions): StudyNetwork {
  return createStudyNetwork(
    {
      logger: silentLogger,
      context: {
        domain: DOMAIN,
        study: STUDY,
        rounds: ROUNDS,
        get segments() {
          return deps.segments();
        },
        epsilonBudgetMicros: 0,
        isParticipant: (account) => deps.members.has(account),
        knownContribution: () => undefined,
        knownCommitment: () => undefined,
        knownReveal: () => false,
        knownCheckpoint: () => undefined,
      },
      blobs: deps.blobs,
      members: () => deps.members,
      recordsOf: (round) => ({
        contributions: deps.announcements(round).map(encodeAnnouncement),
        reveals: [],
        checkpoints: [],
      }),
      onContribution: deps.onContribution,
      onEquivocation: () => {},
      onReveal: () => {},
      onCheckpoint: () => {},
      onMember: () => {},
    },
    options,
  );
}
