import { join } from 'node:path';
import type { AuditReport } from '../../audit/audit-study.ts';
import type { Hex } from '../../base/bytes.ts';
import { systemClock } from '../../base/clock.ts';
import { dataFolder } from '../../peer/data-folder.ts';
import { pageLink } from '../../peer/page-address.ts';
import type { PeerEvent } from '../../peer/peer-event.ts';
import { readRunFile } from '../../peer/run-file.ts';
import { EXIT_FINDINGS, EXIT_OK } from '../run-command.ts';
import { type ChainOutage, createChainOutage } from './chain-outage.ts';
import { type Child, runChild, stepFailed } from './child-process.ts';
import type { DemoOptions } from './demo-options.ts';
import { applyEvent, newRow, type PeerRow } from './live-state.ts';
import { type PreparedRun, prepareRun } from './prepare-run.ts';
import type { ProgressView } from './progress-view.ts';
import { type DemoChain, startChain } from './start-chain.ts';
import { openAdminDesk } from './start-ledger.ts';
import { initPeers, startPeers } from './start-peers.ts';
import { tamper } from './tamper.ts';
import { watchScores } from './watch-scores.ts';

/** Accuracy and AUC on the common test part. */
export interface ReferenceScore {
  readonly accuracy: number | null;
  readonly auc: number | null;
}

/** Everything that a demo has to show in the end. */
export interface DemoOutcome {
  readonly run: PreparedRun;
  readonly rpcUrl: string;
  readonly contract: Hex;
  readonly rows: readonly PeerRow[];
  readonly report: AuditReport;
  readonly reference: { readonly alone: readonly (ReferenceScore | null)[]; readonly pooled: ReferenceScore | null };
  /** The bundle that was audited. */
  readonly bundle: string;
  /** From the start to the end of the audit. */
  readonly durationSeconds: number;
}

export interface DemoSurroundings {
  /** Makes the view of the run; the rows appear once the members have keys. */
  view(rows: () => readonly PeerRow[]): ProgressView;
  readonly signal: AbortSignal;
  /** Told the outcome while the chain still runs; an interruption then ends the run as it came out. */
  finish(outcome: DemoOutcome): Promise<void>;
}

/** What the steps of one demo share. */
interface DemoState {
  readonly options: DemoOptions;
  readonly run: PreparedRun;
  readonly view: ProgressView;
  readonly rows: PeerRow[];
  /** Every process that was started, to be ended whatever happens. */
  readonly children: Child[];
}

const STOP_MILLISECONDS = 5_000;

/**
 * Runs a whole study on this machine and audits it. After the peers are started this process only watches them; whatever happens, none
 * of its processes outlives it.
 * @returns the exit code
 */
export async function runDemo(
  options: DemoOptions,
  { view: makeView, signal, finish }: DemoSurroundings,
): Promise<number> {
  const begin = systemClock.now();
  const rows: PeerRow[] = [];
  const children: Child[] = [];
  const view = makeView(() => rows);
  const finishing = new AbortController();
  const work = async (): Promise<number> => {
    const run = await prepareRun(options);
    const state: DemoState = { options, run, view, rows, children };
    view.step(`results go to ${run.folder.path}`, { event: 'demo.started', folder: run.folder.path, study: run.study });
    const ledger = await openLedger(state);
    const reference = await trainTogether(state, ledger);
    const { bundle, report, code } = await collectAndAudit(state, ledger);
    view.end();
    const durationSeconds = (systemClock.now() - begin) / 1000;
    const { rpcUrl, contract } = ledger;
    finishing.abort();
    await finish({ run, rpcUrl, contract, rows, bundle, report, reference, durationSeconds });
    return code;
  };
  try {
    return await Promise.race([work(), aborted(signal, finishing.signal)]);
  } finally {
    await stopAll(children);
  }
}

/** @param finishing once it is aborted, an interruption is somebody else's to heed */
function aborted(signal: AbortSignal, finishing: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const options = { once: true, signal: finishing };
    signal.addEventListener('abort', () => reject(signal.reason), options);
  });
}

interface LedgerPlace {
  readonly chain: DemoChain;
  readonly rpcUrl: string;
  readonly contract: Hex;
}

/** Chain, contracts, members, study: what an admin does, with the admin's scripts. */
async function openLedger({ options, run, view, rows, children }: DemoState): Promise<LedgerPlace> {
  const { folder } = run;
  const keys = initPeers(folder, run.data.members.length, options.seed);
  keys.catch(() => {}); // awaited below
  const chain = await startChain(folder, (child) => children.push(child));
  const { rpcUrl } = chain;
  view.step(`embedded chain at ${rpcUrl}`, { event: 'demo.chain', rpcUrl });
  const desk = await openAdminDesk(folder, rpcUrl);
  const { ledger: contract } = await desk.deploy();
  const accounts = await keys;
  await desk.admit(accounts);
  await desk.openStudy();
  const text = `ledger ${contract}: ${accounts.length} members admitted, study ${run.study} opened`;
  view.step(text, { event: 'demo.opened', contract, study: run.study, members: accounts });
  rows.push(...accounts.map((account, i) => newRow(`hospital ${i + 1}`, account)));
  return { chain, rpcUrl, contract };
}

/** Starts the peers and watches them to their end; beside them the reference is trained. */
async function trainTogether(state: DemoState, ledger: LedgerPlace): Promise<DemoOutcome['reference']> {
  const { options, run, rows, children } = state;
  const { folder } = run;
  const peers: Child[] = [];
  const onStarted = (child: Child, peer: number): void => {
    peers[peer - 1] = child;
    children.push(child);
  };
  const outage = options.chainOutage ? plannedOutage(state, ledger.chain) : null;
  const onEvent = (peer: number, event: PeerEvent): void => {
    if (options.serve && event.event === 'peer.listening') void tellPage(state, peer);
    watchPeer(state, peers, { peer, event });
    outage?.onEvent(peer, event);
  };
  const names = Object.fromEntries(rows.map(({ address, name }) => [address, name]));
  await startPeers({ folder, ...ledger, peers: run.data.members.length, names, onEvent, onStarted });
  const reference = runChild({
    name: 'reference',
    script: 'src/cli/main.ts',
    args: ['demo', 'reference', folder.path, String(run.data.members.length)],
    logFile: join(folder.logs, 'reference.log'),
    onStarted: (child) => children.push(child),
  });
  reference.catch(() => {}); // awaited below; until then a failure must not end the process
  const stopScores = watchScores({ ...ledger, study: run.study, rows });
  try {
    const finished = Promise.all(peers.map((child, i) => ended(child, rows[i])));
    await (outage === null ? finished : Promise.all([finished, outage.over]));
  } finally {
    await stopScores();
  }
  return (await reference).value as unknown as DemoOutcome['reference'];
}

/** Where a member's page is, as its run file says it: the peer has just written it, and may be too busy to be asked. */
async function tellPage({ run, rows, view }: DemoState, peer: number): Promise<void> {
  const running = await readRunFile(dataFolder(run.folder.peer(peer)).run);
  const name = rows[peer - 1]?.name ?? '';
  if (running === null) return;
  const page = pageLink(running.url, running.token);
  view.step(`page of ${name}: ${page}`, { event: 'demo.page', peer: name, page });
}

function plannedOutage({ run, view }: DemoState, chain: DemoChain): ChainOutage {
  return createChainOutage({ chain, view }, { rounds: run.manifest.rounds, peers: run.data.members.length });
}

/** Shows an event; and kills the peer that is to be killed when the study is half through. */
function watchPeer(
  { options, run, rows, view }: DemoState,
  peers: readonly Child[],
  at: { peer: number; event: PeerEvent },
): void {
  const { peer, event } = at;
  const row = rows[peer - 1];
  if (row === undefined || row.phase === 'killed') return;
  applyEvent(row, event);
  view.peer(row, event);
  const middle = Math.floor(run.manifest.rounds / 2);
  if (peer !== options.kill || event.event !== 'round.announced' || event.round < middle) return;
  peers[peer - 1]?.kill('SIGKILL');
  row.phase = 'killed';
  view.step(`killed ${row.name} in round ${event.round}`, {
    event: 'demo.killed',
    member: row.address,
    round: event.round,
  });
}

/** Waits for a peer; one that ends otherwise than by finishing its study fails the demo, unless the demo killed it. */
async function ended(child: Child, row: PeerRow | undefined): Promise<void> {
  const code = await child.ended;
  if (row?.phase !== 'killed' && (code !== 0 || row?.phase !== 'finished')) throw stepFailed(child, code);
}

/** Collects the evidence from the stopped peers' folders and hands it to an auditor that knows nothing else. */
async function collectAndAudit(
  { options, run, view, rows, children }: DemoState,
  { rpcUrl, contract }: LedgerPlace,
): Promise<{ bundle: string; report: AuditReport; code: number }> {
  const { folder } = run;
  view.step('all peers have finished; collecting evidence', { event: 'demo.collecting' });
  const folders = rows.map((_, i) => folder.peer(i + 1));
  const onStarted = (child: Child): void => void children.push(child);
  const step = { script: 'src/cli/main.ts', logFile: join(folder.logs, 'audit.log'), onStarted };
  await runChild({ ...step, name: 'evidence', args: ['evidence', ...folders, '--out', folder.bundle, '--json'] });
  if (options.tamper) {
    const place = await tamper(folder, options.seed);
    const text = `flipped one bit in segment ${place.segment} of round ${place.round} of member ${place.member}`;
    view.step(text, { event: 'demo.tampered', ...place });
  }
  const bundle = options.tamper ? folder.tampered : folder.bundle;
  view.step('auditing', { event: 'demo.auditing', bundle });
  const args = ['audit', 'verify', bundle, '--rpc', rpcUrl, '--contract', contract, '--json'];
  const { code, value } = await runChild({ ...step, name: 'auditor', args }, [EXIT_OK, EXIT_FINDINGS]);
  return { bundle, report: value as unknown as AuditReport, code };
}

/** Asks every process to stop, and ends those that do not. */
async function stopAll(children: readonly Child[]): Promise<void> {
  await Promise.all(
    children.map(async (child) => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MILLISECONDS);
      await child.ended.catch(() => {});
      clearTimeout(timer);
    }),
  );
}
