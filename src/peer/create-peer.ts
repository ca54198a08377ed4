import type { Hex } from '../base/bytes.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { createStudyNetwork, type StudyNetwork } from '../gossip/study-network.ts';
import { connectLedger } from '../ledger/ethers-ledger.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { createLedgerIndex, type LedgerIndex } from '../ledger/ledger-index.ts';
import { createOutbox } from '../ledger/outbox.ts';
import { anchorAbsent } from './anchor-absent.ts';
import { beginProgress } from './base-model.ts';
import { createBlobStore } from './blob-store.ts';
import { dataFolder } from './data-folder.ts';
import { PeerError } from './peer-error.ts';
import type { PeerEvent } from './peer-event.ts';
import { openPeerStore, type PeerStore } from './peer-store.ts';
import { type PreparedMember, prepareMember } from './prepare-member.ts';
import { runStudy, type StudyRun } from './run-study.ts';
import { participantsOf, positionsOf, studyContext } from './study-knowledge.ts';
import type { StudySetting } from './study-setting.ts';

export interface PeerDeps {
  readonly logger: Logger;
  readonly clock?: Clock;
  emit(event: PeerEvent): void;
}

/** How often connections, members and ledger are looked after. */
const MAINTENANCE_MILLISECONDS = 1_000;
/** The member set changes rarely, and reading it takes a call a member. */
const TURNS_PER_MEMBER_READ = 5;

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
  const folder = dataFolder(path);
  const connection = await connectLedger({ rpcUrl: member.config.rpcUrl, contract: member.config.contract });
  const ledger = connection.as(member.privateKey);
  const stopping = new AbortController();
  const stop = (): void => stopping.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const work: Promise<unknown>[] = [];
  let store: PeerStore | null = null;
  let network: StudyNetwork | null = null;
  try {
    const index = createLedgerIndex(ledger, member.study);
    const members = await checkStanding(ledger, index, member);
    store = openPeerStore(folder.database);
    const blobs = createBlobStore(folder.blobs);
    const progress = store.progress() ?? (await beginProgress(blobs, member.initialModel, initialTerms(member)));
    const outbox = createOutbox({
      ledger,
      index,
      store: store.outbox,
      clock,
      logger,
      onAnchored: ({ kind, record }, { sequence }) => {
        const pending = store?.outbox.counts().pending ?? 0;
        deps.emit({ event: 'record.anchored', kind, round: record.round, sequence, pending });
      },
    });
    let run: StudyRun | null = null;
    network = createStudyNetwork(
      {
        logger,
        blobs,
        context: studyContext({ domain: ledger.domain, manifest: member.manifest, index, store }),
        members: () => members,
        recordsOf: store.recordsOf,
        onContribution: (announcement) =>
          run === null ? store?.addAnnouncement(announcement) : run.onContribution(announcement),
        onReveal: (reveal) => store?.addReveal(reveal),
        onMember: (account, connected) => {
          deps.emit({ event: connected ? 'member.connected' : 'member.lost', account });
          run?.onMember(account, connected);
        },
      },
      { privateKey: member.privateKey, listen: member.config.listen, bootstrap: member.config.bootstrap },
    );
    await startNetwork(network, member.config.listen);
    deps.emit({ event: 'peer.listening', addresses: network.addresses() });
    work.push(
      maintain({ clock, logger, network, ledger, index, members, onLedger: () => run?.onLedger() }, stopping.signal),
    );
    await joinStudy({ clock, ledger, index, member }, stopping.signal);
    work.push(outbox.run(stopping.signal));
    const participants = participantsOf(index);
    const positions = positionsOf(index);
    deps.emit({
      event: 'study.joined',
      position: positions.indexOf(member.self),
      participants: participants.length,
    });
    const setting: StudySetting = {
      ...member,
      domain: ledger.domain,
      store,
      blobs,
      network,
      index,
      outbox,
      clock,
      logger,
      positions,
      participants,
      emit: (event) => deps.emit(event),
    };
    run = runStudy(setting, progress, stopping.signal);
    const absent = await run.finished;
    while (!(await outbox.drained(MAINTENANCE_MILLISECONDS))) stopping.signal.throwIfAborted();
    await anchorAbsent(setting, ledger, stopping.signal);
    deps.emit({ event: 'peer.traffic', ...network.traffic() });
    deps.emit({ event: 'study.finished', finalModel: store.progress()?.base ?? progress.base, absent });
  } finally {
    signal.removeEventListener('abort', stop);
    stopping.abort();
    await Promise.allSettled(work);
    await network?.stop();
    store?.close();
    connection.close();
  }
}

function initialTerms({ manifest }: PreparedMember): { segments: number; digest: Hex } {
  return { segments: manifest.segments, digest: manifest.initialModel.digest };
}

/** The study must be on the ledger under this manifest's digest, and the account among the members. @returns the member set */
async function checkStanding(
  ledger: Ledger,
  index: LedgerIndex,
  { study, self, manifest }: PreparedMember,
): Promise<Set<Hex>> {
  const state = await ledger.study(study);
  const terms =
    state !== null && state.rounds === manifest.rounds && state.epsilonBudgetMicros === manifest.epsilonBudgetMicros;
  if (!terms) {
    throw new PeerError(
      'peer/manifest-mismatch',
      `the manifest has digest ${study}, and the ledger at ${ledger.domain.contract} has no study with that digest and these terms; ` +
        'get the manifest that the study was opened with',
    );
  }
  await index.refresh();
  const members = new Set(await ledger.members());
  if (members.has(self)) return members;
  throw new PeerError(
    'peer/not-a-member',
    `account ${self} is not a member of the consortium; ask an admin to admit it`,
  );
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

interface MaintenanceDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly network: StudyNetwork;
  readonly ledger: Ledger;
  readonly index: LedgerIndex;
  /** The cached member set: outages of the chain leave it as it was. */
  readonly members: Set<Hex>;
  onLedger(): void;
}

async function maintain(deps: MaintenanceDeps, signal: AbortSignal): Promise<void> {
  for (let turn = 1; !signal.aborted; turn++) {
    try {
      await deps.network.maintain();
      if (turn % TURNS_PER_MEMBER_READ === 0) await readMembers(deps);
      await deps.index.refresh();
      deps.onLedger();
    } catch (error) {
      deps.logger.warn('peer.maintenance-failed', { error: messageOf(error) });
    }
    await deps.clock.wait(MAINTENANCE_MILLISECONDS, signal);
  }
}

async function readMembers({ ledger, members }: MaintenanceDeps): Promise<void> {
  const current = await ledger.members();
  for (const account of members) if (!current.includes(account)) members.delete(account);
  for (const account of current) members.add(account);
}

/** Joins if that has not happened yet, and waits for as many as the study needs to begin. */
async function joinStudy(
  { clock, ledger, index, member }: { clock: Clock; ledger: Ledger; index: LedgerIndex; member: PreparedMember },
  signal: AbortSignal,
): Promise<void> {
  const everJoined = index.entries().some((entry) => entry.kind === 'joined' && entry.record.member === member.self);
  if (!everJoined) await ledger.join(member.study, member.dataCommitment);
  await index.refresh();
  while (participantsOf(index).length < member.manifest.minimumMembers) {
    await clock.wait(MAINTENANCE_MILLISECONDS / 4, signal);
    signal.throwIfAborted();
    await index.refresh();
  }
}
