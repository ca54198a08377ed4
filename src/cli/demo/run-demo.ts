import { join } from 'node:path';
import type { AuditReport } from '../../audit/audit-study.ts';
import { flipBitOfSegment } from '../../audit/flip-bit.ts';
import { openBundle } from '../../audit/read-bundle.ts';
import { ConsiliumError } from '../../base/errors.ts';
import type { Hex } from '../../base/bytes.ts';
import { createSeededRandom } from '../../base/seeded-random.ts';
import { connectLedger } from '../../ledger/ethers-ledger.ts';
import { createLedgerIndex } from '../../ledger/ledger-index.ts';
import type { PeerEvent } from '../../peer/peer-event.ts';
import { studyScores } from '../../valuation/study-score.ts';
import { EXIT_FINDINGS, EXIT_OK } from '../run-command.ts';
import { type Child, runChild, stepFailed } from './child-process.ts';
import type { DemoOptions } from './demo-options.ts';
import { applyEvent, newRow, type PeerRow } from './live-state.ts';
import { type PreparedRun, prepareRun } from './prepare-run.ts';
import type { ProgressView } from './progress-view.ts';
import { openAdminDesk, startChain } from './start-ledger.ts';
import { initPeers, startPeers } from './start-peers.ts';

/** Accuracy and AUC on the common test part. */
export interface ReferenceScore {
  readonly accuracy: number;
  readonly auc: number | null;
}

/** Everything that a demo has to show in the end. */
export interface DemoOutcome {
  readonly run: PreparedRun;
  readonly rpcUrl: string;
  readonly contract: Hex;
  readonly rows: readonly PeerRow[];
  readonly report: AuditReport;
  readonly reference: { readonly alone: readonly ReferenceScore[]; readonly pooled: ReferenceScore | null };
  readonly bundle: string;
  /** Seconds from start to audit. */
  readonly durationSeconds: number;
}

const STOP_MILLISECONDS = 5_000;
const SCORE_POLL_MILLISECONDS = 1_000;

/**
 * Runs a whole study on this machine and audits it. After the peers are started this process only watches them; whatever happens, none
 * of its processes outlives it.
 */
export async function runDemo(
  options: DemoOptions,
  show: (rows: () => readonly PeerRow[]) => ProgressView,
  signal: AbortSignal,
  finish: (outcome: DemoOutcome, view: ProgressView) => Promise<void>,
): Promise<number> {
  const begin = performance.now();
  const rows: PeerRow[] = [];
  const view = show(() => rows);
  const children: Child[] = [];
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  interrupted.catch(() => {});
  const guard = <T>(work: Promise<T>): Promise<T> => Promise.race([work, interrupted]);
  try {
    const run = await guard(prepareRun(options));
    const { folder } = run;
    view.step(`results go to ${folder.path}`, { event: 'demo.started', folder: folder.path, study: run.study });
    const chain = await guard(startChain(folder));
    children.push(chain.child);
    const { rpcUrl } = chain;
    view.step(`embedded chain at ${rpcUrl}`, { event: 'demo.chain', rpcUrl });
    const [desk, accounts] = await guard(Promise.all([openAdminDesk(folder, rpcUrl), initPeers(folder, options.peers, options.seed)]));
    const { ledger: contract } = await guard(desk.deploy());
    await guard(desk.admit(accounts));
    await guard(desk.openStudy());
    view.step(`ledger ${contract}: ${accounts.length} members admitted, study ${run.study} opened`, {
      event: 'demo.opened',
      contract,
      study: run.study,
      members: accounts,
    });
    rows.push(...accounts.map((account, i) => newRow(`hospital ${i + 1}`, account)));

    const peers: Child[] = [];
    const onEvent = (peer: number, event: PeerEvent): void => {
      const row = rows[peer - 1];
      if (row === undefined) return;
      applyEvent(row, event);
      view.peer(row, event);
      const middle = Math.floor(run.manifest.rounds / 2);
      if (peer !== options.kill || event.event !== 'round.announced' || event.round < middle || row.phase === 'killed') return;
      peers[peer - 1]?.kill('SIGKILL');
      row.phase = 'killed';
      view.step(`killed ${row.name} in round ${event.round}`, { event: 'demo.killed', member: row.address, round: event.round });
    };
    const onStarted = (child: Child): void => {
      peers[Number(child.name.split(' ')[1]) - 1] = child;
      children.push(child);
    };
    await guard(startPeers({ folder, rpcUrl, contract, peers: options.peers, onEvent, onStarted }));
    const reference = runChild({
      name: 'reference',
      script: 'src/cli/main.ts',
      args: ['demo', 'reference', folder.path, String(options.peers)],
      logFile: join(folder.logs, 'reference.log'),
    });
    reference.catch(() => {});
    const stopScores = watchScores({ rpcUrl, contract, run, rows });
    try {
      await guard(allEnded(peers, rows));
    } finally {
      await stopScores();
    }
    const { value: compared } = await guard(reference);
    view.step('all peers have finished; collecting evidence', { event: 'demo.collecting' });
    const folders = accounts.map((_, i) => folder.peer(i + 1));
    const step = { script: 'src/cli/main.ts', logFile: join(folder.logs, 'audit.log') };
    await guard(runChild({ ...step, name: 'evidence', args: ['evidence', ...folders, '--out', folder.bundle, '--json'] }));
    const bundle = options.tamper ? await guard(tamper(run, options.seed, view)) : folder.bundle;
    view.step('auditing', { event: 'demo.auditing', bundle });
    const args = ['audit', 'verify', bundle, '--rpc', rpcUrl, '--contract', contract, '--json'];
    const audit = await guard(runChild({ ...step, name: 'auditor', args }, [EXIT_OK, EXIT_FINDINGS]));
    view.end();
    await finish(
      {
        run,
        rpcUrl,
        contract,
        rows,
        bundle,
        report: audit.value as unknown as AuditReport,
        reference: compared as unknown as DemoOutcome['reference'],
        durationSeconds: (performance.now() - begin) / 1000,
      },
      view,
    );
    return audit.code;
  } finally {
    await stopAll(children);
  }
}

/** Waits for the peers; one that ends otherwise than it should fails the demo. */
async function allEnded(peers: readonly Child[], rows: readonly PeerRow[]): Promise<void> {
  await Promise.all(
    peers.map(async (child, i) => {
      const code = await child.ended;
      if (code !== 0 && rows[i]?.phase !== 'killed') throw stepFailed(child, code);
    }),
  );
}

/** Keeps the scores up to date from the ledger, as anybody could. @returns how to stop */
function watchScores(watch: { rpcUrl: string; contract: Hex; run: PreparedRun; rows: readonly PeerRow[] }): () => Promise<void> {
  const stopping = new AbortController();
  const loop = async (): Promise<void> => {
    const connection = await connectLedger({ rpcUrl: watch.rpcUrl, contract: watch.contract });
    const index = createLedgerIndex(connection, watch.run.study);
    while (!stopping.signal.aborted) {
      await index.refresh();
      const { total, byRound } = studyScores(index.entries());
      if (byRound.size > 0) for (const row of watch.rows) row.scoreMicros = total.get(row.address) ?? null;
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, SCORE_POLL_MILLISECONDS);
        stopping.signal.addEventListener('abort', () => (clearTimeout(timer), resolve(undefined)), { once: true });
      });
    }
    connection.close();
  };
  const done = loop().catch(() => {}); // the table lacks its last column then; the audit reads the scores itself
  return async () => {
    stopping.abort();
    await done;
  };
}

async function tamper({ folder, manifest }: PreparedRun, seed: number, view: ProgressView): Promise<string> {
  const bundle = await openBundle(folder.bundle);
  const trained = bundle.evidence.announcements.filter(({ segments }) => segments.length > 0);
  await bundle.close();
  const random = createSeededRandom(seed, 'tamper');
  const victim = trained[random.integer(trained.length)];
  const segment = random.integer(manifest.segments);
  const digest = victim?.segments[segment];
  if (victim === undefined || digest === undefined || !(await flipBitOfSegment(folder.bundle, folder.tampered, digest))) {
    throw new ConsiliumError('cli/step-failed', 'there is no segment in the evidence to tamper with');
  }
  const { member, round } = victim.record;
  view.step(`flipped one bit in segment ${segment} of round ${round} of ${member}`, { event: 'demo.tampered', member, round, segment });
  return folder.tampered;
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
