import { join } from 'node:path';
import type { Hex } from '../../../src/base/bytes.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { createStudyNetwork, type StudyNetwork } from '../../../src/gossip/study-network.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { createLedgerIndex, type LedgerIndex } from '../../../src/ledger/ledger-index.ts';
import { createOutbox } from '../../../src/ledger/outbox.ts';
import type { Model } from '../../../src/model/engine.ts';
import type { Examples } from '../../../src/model/examples.ts';
import { initialParameters } from '../../../src/model/initial-parameters.ts';
import { trainingSchema } from '../../../src/model/training-options.ts';
import { beginProgress } from '../../../src/peer/base-model.ts';
import { createBlobStore } from '../../../src/peer/blob-store.ts';
import { createCoSigner } from '../../../src/peer/co-sign.ts';
import { maintainPeer } from '../../../src/peer/maintain-peer.ts';
import { openPeerStore, type PeerStore } from '../../../src/peer/peer-store.ts';
import { createEquivocationReporter } from '../../../src/peer/report-equivocations.ts';
import { runStudy, type StudyRun } from '../../../src/peer/run-study.ts';
import { marksOf, studyContext } from '../../../src/peer/study-knowledge.ts';
import { type Manifest, studyOf } from '../../../src/protocol/manifest.ts';
import { memberAccount, memberKey } from '../../builders.ts';
import { createTinyModel, TINY_ARCHITECTURE, TINY_EXAMPLES } from './tiny-model.ts';

/** What of a peer is not as it should be. */
export interface PeerWeakness {
  /** Never asks for what it missed. */
  readonly neverCatchesUp?: boolean;
  /** Takes what it is sent and passes on none of it: neither records nor segments of others. */
  readonly dropsEverything?: boolean;
}

export interface LightPeerOptions {
  readonly number: number;
  readonly folder: string;
  readonly ledger: Ledger;
  readonly manifest: Manifest;
  readonly bootstrap: readonly string[];
  readonly epochMilliseconds: number;
  /** True while it trains without an end. */
  isPaused(): boolean;
  /** The members that it can reach now; the test changes it. The peer keeps to it as to the member set of the contract. */
  readonly reachable: Set<Hex>;
  readonly weakness: PeerWeakness;
  /** What it learns with and from; a stand-in that costs nothing if not given. */
  readonly learning?: Learning;
}

export interface Learning {
  /** Of {@link TINY_ARCHITECTURE}. */
  readonly model: Model;
  readonly training: Examples;
  readonly heldOut: Examples;
}

function standIn({ epochMilliseconds, isPaused }: LightPeerOptions): Learning {
  const model = createTinyModel(epochMilliseconds, isPaused);
  return { model, training: TINY_EXAMPLES, heldOut: TINY_EXAMPLES };
}

/** A peer whose network, round machine, store, blobs and ledger index are the real ones; only its model is tiny, and mostly a stand-in. */
export interface LightPeer {
  readonly account: Hex;
  readonly store: PeerStore;
  readonly index: LedgerIndex;
  readonly network: StudyNetwork;
  /** The error that ended it, or null. */
  failure(): unknown;
  /** The round that it trains or waits in. */
  round(): number;
  /** What it took over, by round. */
  readonly adopted: readonly number[];
  stop(): Promise<void>;
}

export async function startLightPeer(options: LightPeerOptions): Promise<LightPeer> {
  const { number, folder, manifest, ledger, reachable, weakness } = options;
  const learning = options.learning ?? standIn(options);
  const [self, privateKey, study] = [memberAccount(number), memberKey(number), studyOf(manifest)];
  const index = createLedgerIndex(ledger, study);
  await index.refresh();
  const store = openPeerStore(join(folder, `${number}.db`));
  store.guard.synchronise(marksOf(index, self));
  const blobs = createBlobStore(join(folder, `${number}.blobs`));
  const initial = initialParameters(TINY_ARCHITECTURE, manifest.initialModel.seed);
  const terms = { segments: manifest.segments, digest: manifest.initialModel.digest };
  const progress = store.progress() ?? (await beginProgress(blobs, initial, terms));
  const stopping = new AbortController();
  const shared = { clock: systemClock, logger: silentLogger, store, index };
  const outbox = createOutbox({ ...shared, ledger, store: store.outbox, confirmations: 0, onAnchored: () => {} });
  let run: StudyRun | null = null;
  let failure: unknown = null;
  let round = progress.round;
  const adopted: number[] = [];
  const context = studyContext({ domain: ledger.domain, manifest, index, store });
  const network = createStudyNetwork(
    {
      logger: silentLogger,
      blobs: weakness.dropsEverything ? { get: async () => null } : blobs,
      context: weakness.dropsEverything ? { ...context, isParticipant: () => false } : context,
      members: () => reachable,
      recordsOf: weakness.dropsEverything
        ? () => ({ contributions: [], reveals: [], checkpoints: [] })
        : store.recordsOf,
      onContribution: (announcement) => {
        if (announcement.record.member === self) store.keepOwn(announcement);
        else if (run === null) store.addAnnouncement(announcement);
        else run.onContribution(announcement);
      },
      onEquivocation: (second) => store.addEquivocation(second),
      onReveal: (reveal) => store.addReveal(reveal),
      onCheckpoint: (checkpoint) => store.addCheckpoint(checkpoint),
      onMember: (account, connected) => run?.onMember(account, connected),
    },
    { privateKey, listen: ['/ip4/127.0.0.1/tcp/0'], bootstrap: options.bootstrap },
  );
  await network.start();
  // The member set is the test's to say: the ledger's would undo the cuts.
  const quietLedger: Ledger = { ...ledger, members: async () => [...reachable] };
  const onLedger = (): void => run?.onLedger();
  const common = { ...shared, network, ledger: quietLedger, study, self };
  const coSigner = createCoSigner({ ...common, privateKey, rounds: manifest.rounds });
  const equivocations = createEquivocationReporter(common);
  const work: Promise<unknown>[] = [
    maintainPeer({ ...common, manifest, members: reachable, coSigner, equivocations, onLedger }, stopping.signal),
    outbox.run(stopping.signal),
  ];
  run = runStudy(
    {
      ...shared,
      manifest,
      study,
      domain: ledger.domain,
      self,
      privateKey,
      trainingSeed: `member ${number}`,
      engine: { name: 'tiny', version: '1', reproducible: true },
      model: learning.model,
      training: trainingSchema.parse(manifest.training),
      data: { training: learning.training, heldOut: learning.heldOut, common: null },
      blobs,
      privateBlobs: createBlobStore(join(folder, `${number}.private`)),
      network: weakness.neverCatchesUp ? { ...network, catchUp: async () => {} } : network,
      outbox,
      emit: (event) => {
        if (event.event === 'round.started') round = event.round;
        if (event.event === 'round.adopted') adopted.push(event.round);
      },
    },
    progress,
    stopping.signal,
  );
  const finished = run.finished.catch((error: unknown) => {
    if (!stopping.signal.aborted) failure = error;
  });
  return {
    account: self,
    store,
    index,
    network,
    failure: () => failure,
    round: () => round,
    adopted,
    async stop() {
      stopping.abort();
      await Promise.allSettled([...work, finished]);
      await network.stop();
      store.close();
    },
  };
}
