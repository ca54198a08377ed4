import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wholeNumber } from '../src/cli/command-line.ts';
import { type Command, EXIT_OK, runCommand } from '../src/cli/run-command.ts';
import type { AuditAnswers, AuditTask } from './bench/audit-task.ts';
import { startWorker } from './bench/bench-workers.ts';

const WORKER = new URL('bench/audit-worker.ts', import.meta.url);
const QUICK_ENTRIES = 5_000;
const BASELINE_SIGNATURES = 1_000;

type Figures = AuditAnswers['verify'] & {
  readonly bundleBytes: number;
  readonly recoverySecondsPerSignature: number;
  /** CPU time of the verification ÷ CPU time of hashing and recovering as many signatures. */
  readonly ratioToBareRecovery: number;
};

const benchAudit: Command = {
  spec: {
    usage: 'npm run bench:audit -- [options]',
    summary:
      'Measures how long the ledger part of a bundle takes to verify, as a stream on one core: heads, record hashes, commitments, the signature\n' +
      'of every contribution and of every head that a member signed. Half of the entries are contributions, half valuations, of 16 members, each\n' +
      'of which signs a head a round. Baseline: hashing a contribution and recovering its signer, once for each signature.',
    options: {
      entries: { type: 'string', value: '<n>', help: 'entries of the log, 1,000 to 1,000,000', default: '100000' },
      quick: { type: 'boolean', help: `${QUICK_ENTRIES} entries` },
      json: { type: 'boolean', help: 'print one JSON document on the last line' },
    },
  },
  async run(values) {
    const asked = wholeNumber(values, 'entries', { min: 1_000, max: 1_000_000 });
    const figures = await measure(values.quick === true ? QUICK_ENTRIES : asked);
    process.stdout.write(values.json === true ? `${JSON.stringify(figures)}\n` : describe(figures));
    return EXIT_OK;
  },
};

async function measure(entries: number): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-bench-'));
  const path = join(folder, 'log.car');
  try {
    process.stderr.write(`signing a log of ${entries} entries …\n`);
    const { bundleBytes } = await inProcess({ do: 'write', path, entries });
    process.stderr.write('verifying …\n');
    const verified = await inProcess({ do: 'verify', path });
    const baseline = await inProcess({ do: 'recover', path, signatures: BASELINE_SIGNATURES });
    const recoverySecondsPerSignature = baseline.cpuSecondsPerSignature;
    const ratioToBareRecovery = verified.cpuSeconds / (verified.signatures * recoverySecondsPerSignature);
    return { ...verified, bundleBytes, recoverySecondsPerSignature, ratioToBareRecovery };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Each task has a process of its own, whose memory holds nothing else. */
async function inProcess<T extends AuditTask['do']>(task: Extract<AuditTask, { do: T }>): Promise<AuditAnswers[T]> {
  const worker = startWorker<AuditTask, AuditAnswers>(WORKER);
  try {
    return await worker.ask<T>(task);
  } finally {
    await worker.stop();
  }
}

function describe(figures: Figures): string {
  return (
    `${figures.entries} entries, ${figures.signatures} signatures, ${(figures.bundleBytes / 1e6).toFixed(0)} MB: ${figures.seconds.toFixed(1)} s, ` +
    `${figures.cpuSeconds.toFixed(1)} CPU-seconds, peak memory ${(figures.peakMemoryBytes / 2 ** 20).toFixed(0)} MiB, ${figures.findings} findings\n` +
    `recovering a signer: ${(1e3 * figures.recoverySecondsPerSignature).toFixed(2)} ms each; ratio to that ${figures.ratioToBareRecovery.toFixed(2)}\n`
  );
}

process.exitCode = await runCommand(benchAudit, process.argv.slice(2));
