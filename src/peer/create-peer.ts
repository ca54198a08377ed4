import type { Hex } from '../base/bytes.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { createStudyNetwork, type StudyNetwork, type StudyNetworkOptions } from '../gossip/study-network.ts';
import type { Route } from '../http/route.ts';
import { connectLedger } from '../ledger/ethers-ledger.ts';
import { createLedgerIndex } from '../ledger/ledger-index.ts';
import { createOutbox } from '../ledger/outbox.ts';
import { assertSafeAggregation } from '../mixing/assert-safe-aggregation.ts';
import type { Announcement } from '../protocol/announcement.ts';
import { startAlone } from './alone/start-alone.ts';
import { anchorAbsent } from './anchor-absent.ts';
import { beginProgress } from './base-model.ts';
import { createBlobStore } from './blob-store.ts';
import { createCoSigner } from './co-sign.ts';
import { dataFolder } from './data-folder.ts';
import { checkStanding, hasWithdrawn, joinStudy } from './enter-study.ts';
import { leaveIfExhausted } from './leave-if-exhausted.ts';
import { maintainPeer } from './maintain-peer.ts';
import { PeerError } from './peer-error.ts';
import type { PeerEvent } from './peer-event.ts';
import { createPeerOperations, type PeerOperations } from './peer-operations.ts';
import { openPeerStore, type PeerStore } from './peer-store.ts';
import { type PreparedMember, prepareMember } from './prepare-member.ts';
import { createEquivocationReporter } from './report-equivocations.ts';
import { requireStart } from './require-start.ts';
import { requireWholeSpend } from './require-whole-spend.ts';
import { runStudy, type StudyRun } from './run-study.ts';
import { marksOf, participantsOf, positionsOf, studyContext } from './study-knowledge.ts';
import type { StudySetting } from './study-setting.ts';

export interface PeerDeps {
  readonly logger: Logger;
  readonly clock?: Clock;
  emit(event: PeerEvent): void;
  /** The files of the member's page; without them the peer serves health, metrics and status alone. */
  readonly page?: readonly Route[];
  /** Told where the page is, token and all: for the member's eyes, not for a log. */
  onPage?(address: string): void;
}

/** How often a peer that has finished looks whether everything is anchored. */
const DRAIN_MILLISECONDS = 1_000;
/** How long outbox, maintenance and network may each take to end when the peer is told to stop. */
const LEAVE_MILLISECONDS = 3_000;

/**
 * Runs a member's peer through its study: connects, joins, trains, gossips, anchors, and returns when everything it has to say is on
 * the ledger. This is where the parts are put together.
 * @param path the member's data folder
 * @param signal ends the peer early; what was said and signed is on disk
 * @throws PeerError and the errors of the parts
 */
export async function runPeer(deps: PeerDeps, path: string, signal: AbortSignal): Promise<void> {
  const clock = deps.clock ?? systemClock;
  const { logger } = deps;
  const member = await prepareMember(path);
  assertSafeAggregation(member.manifest);
  const folder = dataFolder(path);
  const { rpcUrl, contract } = member.config;
  const hangUp = new AbortController();
  const ended = new AbortController();
  // A chain that does not answer must not keep a peer from stopping: what is not told yet stays in the outbox.
  const leave = (): void => {
    void clock.wait(LEAVE_MILLISECONDS, ended.signal).then(() => hangUp.abort());
  };
  if (signal.aborted) leave();
  else signal.addEventListener('abort', leave, { once: true });
  const connection = await connectLedger({ rpcUrl, contract, signal: hangUp.signal });
  const ledger = connection.as(member.privateKey);
  const stopping = new AbortController();
  const stop = (): void => stopping.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const work: Promise<unknown>[] = [];
  let operations: PeerOperations | null = null;
  const emit = (event: PeerEvent): void => {
    operations?.follow(event);
    deps.emit(event);
  };
  let store: PeerStore | null = null;
  let network: StudyNetwork | null = null;
  try {
    const index = createLedgerIndex(ledger, member.study);
    const members = await checkStanding(ledger, index, member);
    store = openPeerStore(folder.database);
    store.guard.synchronise(marksOf(index, member.self));
    requireWholeSpend(index, store.spending, member);
    requireStart(member, index, store.progress() !== null);
    const blobs = createBlobStore(folder.blobs);
    const progress = store.progress() ?? (await beginProgress(blobs, member.initialModel, initialTerms(member)));
    const outbox = createOutbox({
      ledger,
      index,
      store: store.outbox,
      clock,
      logger,
      confirmations: member.config.confirmations,
      onAnchored: ({ kind, record }, { sequence }) => {
        const pending = store?.outbox.counts().pending ?? 0;
        emit({ event: 'record.anchored', kind, round: record.round, sequence, pending });
      },
    });
    let run: StudyRun | null = null;
    /** What this member said and its folder does not know. */
    const keepOwn = (announcement: Announcement): void => {
      try {
        store?.keepOwn(announcement);
      } catch (error) {
        logger.error('peer.own-record-differs', { round: announcement.record.round, error: messageOf(error) });
      }
    };
    network = createStudyNetwork(
      {
        logger,
        blobs,
        context: studyContext({ domain: ledger.domain, manifest: member.manifest, index, store }),
        members: () => members,
        recordsOf: store.recordsOf,
        onContribution: (announcement) => {
          if (announcement.record.member === member.self) return keepOwn(announcement);
          if (run === null) store?.addAnnouncement(announcement);
          else run.onContribution(announcement);
        },
        onEquivocation: (second) => store?.addEquivocation(second),
        onReveal: (reveal) => store?.addReveal(reveal),
        onCheckpoint: (checkpoint) => store?.addCheckpoint(checkpoint),
        onVerdict: (kind, verdict) => operations?.judged(kind, verdict),
        onBan: (account) => {
          operations?.banned();
          emit({ event: 'member.banned', account });
        },
        onMember: (account, connected) => {
          emit({ event: connected ? 'member.connected' : 'member.lost', account });
          run?.onMember(account, connected);
        },
      },
      networkOptions(member),
    );
    await startNetwork(network, member.config.listen);
    operations = createPeerOperations({
      clock,
      logger,
      member,
      index,
      members,
      store,
      blobs,
      network,
      folder,
      page: deps.page ?? [],
    });
    deps.onPage?.(await operations.start());
    emit({ event: 'peer.listening', addresses: network.addresses() });
    const { study, self, privateKey, manifest } = member;
    const common = { clock, logger, network, ledger, index, store, study, self };
    const coSigner = createCoSigner({ ...common, privateKey, rounds: manifest.rounds });
    const onLedger = (): void => {
      operations?.ledgerAnswered();
      run?.onLedger();
    };
    const equivocations = createEquivocationReporter(common);
    work.push(maintainPeer({ ...common, manifest, members, coSigner, equivocations, onLedger }, stopping.signal));
    if (hasWithdrawn(index, self)) {
      work.push(outbox.run(stopping.signal));
      while (!(await outbox.drained(DRAIN_MILLISECONDS))) stopping.signal.throwIfAborted();
      return emit({ event: 'study.withdrawn' });
    }
    await joinStudy({ clock, ledger, index, member }, stopping.signal);
    work.push(outbox.run(stopping.signal));
    emit({
      event: 'study.joined',
      position: positionsOf(index).findIndex((accounts) => accounts.includes(member.self)),
      participants: participantsOf(index, member.manifest).length,
    });
    const setting: StudySetting = {
      ...member,
      domain: ledger.domain,
      store,
      blobs,
      privateBlobs: createBlobStore(folder.privateBlobs),
      network,
      index,
      outbox,
      clock,
      logger,
      emit,
    };
    if (member.config.aloneBaseline) work.push(startAlone(logger, path, stopping.signal));
    run = runStudy(setting, progress, stopping.signal);
    const absent = await run.finished.catch((error: unknown) => leaveIfExhausted(error, { ledger, outbox, setting }));
    emit({ event: 'study.finishing' });
    while (!(await outbox.drained(DRAIN_MILLISECONDS))) stopping.signal.throwIfAborted();
    await anchorAbsent(setting, ledger, stopping.signal);
    await index.refresh();
    await coSigner.work();
    await coSigner.signLast();
    emit({ event: 'peer.traffic', ...network.traffic() });
    emit({ event: 'study.finished', finalModel: store.progress()?.base ?? progress.base, absent });
  } finally {
    signal.removeEventListener('abort', stop);
    stopping.abort();
    await Promise.race([Promise.allSettled(work), clock.wait(LEAVE_MILLISECONDS, ended.signal)]);
    await Promise.race([network?.stop(), clock.wait(LEAVE_MILLISECONDS, ended.signal)]);
    await operations?.stop();
    store?.close();
    connection.close();
    signal.removeEventListener('abort', leave);
    ended.abort();
    hangUp.abort();
  }
}

function initialTerms({ manifest }: PreparedMember): { segments: number; digest: Hex } {
  return { segments: manifest.segments, digest: manifest.initialModel.digest };
}

function networkOptions({ privateKey, config }: PreparedMember): StudyNetworkOptions {
  const { listen, bootstrap, discovery, relay } = config;
  return { privateKey, listen, bootstrap, mdns: discovery.mdns, relay };
}

async function startNetwork(network: StudyNetwork, listen: readonly string[]): Promise<void> {
  try {
    await network.start();
  } catch (cause) {
    if (!/EADDRINUSE|address already in use|listen/i.test(messageOf(cause))) throw cause;
    throw new PeerError(
      'peer/port-in-use',
      `cannot listen on ${listen.join(', ')}; free the port or change 'listen' in peer.json`,
      {
        cause,
      },
    );
  }
}
