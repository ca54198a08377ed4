import type { Hex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { StudyNetwork } from '../gossip/study-network.ts';
import type { LedgerIndex } from '../ledger/ledger-index.ts';
import type { Outbox } from '../ledger/outbox.ts';
import type { Engine, Model } from '../model/engine.ts';
import type { Examples } from '../model/examples.ts';
import type { TrainingOptions } from '../model/training-options.ts';
import type { LedgerDomain } from '../protocol/domain.ts';
import type { Manifest } from '../protocol/manifest.ts';
import type { BlobStore } from './blob-store.ts';
import type { PeerEvent } from './peer-event.ts';
import type { PeerStore } from './peer-store.ts';
import type { JudgedExamples } from './site-figures.ts';

/** One member's part in one study: everything that the steps of a round work with. */
export interface StudySetting {
  readonly manifest: Manifest;
  readonly study: Hex;
  readonly domain: LedgerDomain;
  readonly self: Hex;
  readonly privateKey: Hex;
  /** Private; fixes the order in which samples are trained on. */
  readonly trainingSeed: string;
  readonly engine: Pick<Engine, 'name' | 'version' | 'reproducible'>;
  readonly model: Model;
  readonly training: TrainingOptions;
  readonly data: MemberExamples;
  readonly store: PeerStore;
  readonly blobs: BlobStore;
  /** What is served to nobody. */
  readonly privateBlobs: BlobStore;
  readonly network: StudyNetwork;
  readonly index: LedgerIndex;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly logger: Logger;
  emit(event: PeerEvent): void;
}

export interface MemberExamples {
  readonly training: Examples;
  /** The member's own, never trained on. */
  readonly heldOut: JudgedExamples;
  /** The test part that all members share, if the study has one. */
  readonly common: JudgedExamples | null;
}
