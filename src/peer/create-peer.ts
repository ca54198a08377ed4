import type { Hex } from '../base/bytes.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { untilAborted } from '../base/until-aborted.ts';
import type { StudyNetwork } from '../gossip/study-network.ts';
import type { Route } from '../http/route.ts';
import { connectLedger } from '../ledger/ethers-ledger.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { createLedgerIndex } from '../ledger/ledger-index.ts';
import { createOutbox, type Outbox, type OutboxDeps } from '../ledger/outbox.ts';
import { assertSafeAggregation } from '../mixing/assert-safe-aggregation.ts';
import { startAlone } from './alone/start-alone.ts';
import { beginProgress } from './base-model.ts';
import { createBlobStore } from './blob-store.ts';
import { createCoSigner } from './co-sign.ts';
import { dataFolder } from './data-folder.ts';
import { createEnding, type Ending } from './ending.ts';
import { checkStanding } from './enter-study.ts';
import { maintainPeer } from './maintain-peer.ts';
import type { PeerEvent } from './peer-event.ts';
import { createPeerNetwork } from './peer-network.ts';
import { createPeerOperations, type PeerOperations } from './peer-operations.ts';
import { openPeerStore, type PeerStore } from './peer-store.ts';
import { type PreparedMember, prepareMember } from './prepare-member.ts';
import { createEquivocationReporter } from './report-equivocations.ts';
import { requireStart } from './require-start.ts';
import { requireWholeSpend } from './require-whole-spend.ts';
import type { StudyRun } from './run-study.ts';
import { marksOf } from './study-knowledge.ts';
import type { StudySetting } from './study-setting.ts';
import { takePart } from './take-part.ts';

export interface PeerDeps {
  readonly logger: Logger;
  readonly clock?: Clock;
  emit(event: PeerEvent): void;
  /** The files of the member's page; without them the peer serves health, metrics and status alone. */
  readonly page?: readonly Route[];
  /** Stays after its part in the study has ended, so that its page can be looked at, until it is told to stop. */
  readonly stay?: boolean;
  /** Told where the page is, token and all: for the member's eyes, not for a log. */
  onPage?(address: string): void;
}

/**
 * Runs a member's peer through its study: connects, joins, trains, gossips, anchors, and returns when everything it has to say is on
 * the ledger, unless it is to stay. This is where the parts are put together.
 * @param path the member's data folder
 * @param signal ends the peer early; what was said and signed is on disk
 * @throws PeerError and the errors of the parts
 */
export async function runPeer(deps: PeerDeps, path: string, signal: AbortSignal): Promise<void> {
  const clock = deps.clock ?? systemClock;
  const member = await prepareMember(path);
  assertSafeAggregation(member.manifest);
  const { rpcUrl, contract } = member.config;
  const ending = createEnding(clock, signal);
  try {
    const connection = await connectLedger({ rpcUrl, contract, signal: ending.hangUp });
    try {
      const ledger = connection.as(member.privateKey);
      await runConnected({ ...deps, clock, path, member, ledger, ending });
    } finally {
      connection.close();
    }
  } finally {
    ending.release();
  }
}

interface ConnectedPeer extends PeerDeps {
  readonly clock: Clock;
  readonly path: string;
  readonly member: PreparedMember;
  readonly ledger: Ledger;
  readonly ending: Ending;
}

async function runConnected(peer: ConnectedPeer): Promise<void> {
  const { clock, logger, path, member, ledger, ending } = peer;
  const folder = dataFolder(path);
  const { study, self, privateKey, manifest } = member;
  let operations: PeerOperations | null = null;
  let run: StudyRun | null = null;
  let network: StudyNetwork | null = null;
  let store: PeerStore | null = null;
  const work: Promise<unknown>[] = [];
  const emit = (event: PeerEvent): void => {
    operations?.follow(event);
    peer.emit(event);
  };
  try {
    const index = createLedgerIndex(ledger, study);
    const members = await checkStanding(ledger, index, member);
    store = openPeerStore(folder.database);
    store.guard.synchronise(marksOf(index, self));
    requireWholeSpend(index, store.spending, member);
    requireStart(member, index, store.progress() !== null);
    const blobs = createBlobStore(folder.blobs);
    const progress = store.progress() ?? (await beginProgress(blobs, member.initialModel, initialTerms(member)));
    const common = { clock, logger, ledger, index, store, study, self };
    const outbox = openOutbox(common, { confirmations: member.config.confirmations, emit });
    const { domain } = ledger;
    const running = { running: () => run, operations: () => operations };
    network = createPeerNetwork({ logger, member, domain, index, store, blobs, members, emit, ...running });
    await network.start();
    const watched = { member, index, members, store, blobs, network, folder };
    operations = createPeerOperations({ clock, logger, ...watched, page: peer.page ?? [] });
    peer.onPage?.(await operations.start());
    emit({ event: 'peer.listening', addresses: network.addresses() });
    const coSigner = createCoSigner({ ...common, network, privateKey, rounds: manifest.rounds });
    const equivocations = createEquivocationReporter({ ...common, network });
    const onLedger = (): void => {
      operations?.ledgerAnswered();
      run?.onLedger();
    };
    const maintenance = { ...common, network, manifest, members, coSigner, equivocations, onLedger };
    work.push(maintainPeer(maintenance, ending.stopping));
    const privateBlobs = createBlobStore(folder.privateBlobs);
    const setting: StudySetting = { ...member, ...common, domain, blobs, privateBlobs, network, outbox, emit };
    const part = {
      alongside: (other: Promise<unknown>) => void work.push(other),
      onJoined: () => {
        if (member.config.aloneBaseline) work.push(startAlone(logger, path, ending.stopping));
      },
      onRun: (begun: StudyRun) => void (run = begun),
    };
    await takePart({ setting, member, ledger, coSigner, progress, ...part }, ending.stopping);
    if (peer.stay === true) await untilAborted(ending.stopping);
  } finally {
    ending.stop();
    await ending.patiently(Promise.allSettled(work));
    await ending.patiently(network?.stop());
    await operations?.stop();
    store?.close();
  }
}

interface OpenOutboxDeps extends Omit<OutboxDeps, 'store' | 'onAnchored' | 'confirmations'> {
  readonly store: PeerStore;
}

/** The outbox of a peer's store, which tells what got to the ledger. */
function openOutbox(
  { store, ...deps }: OpenOutboxDeps,
  { confirmations, emit }: Pick<PeerDeps, 'emit'> & { readonly confirmations: number },
): Outbox {
  return createOutbox({
    ...deps,
    store: store.outbox,
    confirmations,
    onAnchored: ({ kind, record }, { sequence }) => {
      const { pending } = store.outbox.counts();
      emit({ event: 'record.anchored', kind, round: record.round, sequence, pending });
    },
  });
}

function initialTerms({ manifest }: PreparedMember): { segments: number; digest: Hex } {
  return { segments: manifest.segments, digest: manifest.initialModel.digest };
}
