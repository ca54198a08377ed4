import { stat } from 'node:fs/promises';
import { openBundleFile } from '../../src/audit/open-bundle-file.ts';
import { verifyLedger } from '../../src/audit/verify-ledger.ts';
import { writeBundle } from '../../src/audit/write-bundle.ts';
import { systemClock } from '../../src/base/clock.ts';
import { architectureSchema } from '../../src/model/architecture.ts';
import { trainingSchema } from '../../src/model/training-options.ts';
import { composeManifest } from '../../src/peer/compose-manifest.ts';
import { studyOf } from '../../src/protocol/manifest.ts';
import { contributionDigest, recoverSigner } from '../../src/protocol/signature.ts';
import { answerTasks } from './answer-tasks.ts';
import type { AuditAnswers, AuditTask } from './audit-task.ts';
import { longLog } from './long-log.ts';

const MEMBERS = 16;

async function write({ path, entries }: Extract<AuditTask, { do: 'write' }>): Promise<AuditAnswers['write']> {
  const rounds = Math.ceil(entries / (2 * MEMBERS));
  const manifest = composeManifest({
    title: 'a long log',
    members: MEMBERS,
    rounds,
    segments: 4,
    pulls: 2,
    seed: 'bench',
    architecture: architectureSchema.parse({ kind: 'mlp', inputs: 2, hidden: [3], classes: 2 }),
    training: trainingSchema.parse({
      optimiser: 'sgd',
      learningRate: 0.1,
      momentum: 0,
      weightDecay: 0,
      batchSize: 4,
      localEpochs: 1,
      classWeights: 'none',
    }),
  });
  await writeBundle(path, longLog(studyOf(manifest), MEMBERS, rounds), manifest, async () => null);
  return { bundleBytes: (await stat(path)).size };
}

async function verify({ path }: Extract<AuditTask, { do: 'verify' }>): Promise<AuditAnswers['verify']> {
  const [begun, cpu] = [systemClock.now(), process.cpuUsage()];
  const file = await openBundleFile(path);
  const { entries, signatures, findings } = await verifyLedger(file);
  await file.close();
  const { user, system } = process.cpuUsage(cpu);
  return {
    entries,
    signatures,
    findings: findings.length,
    seconds: (systemClock.now() - begun) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  };
}

/** The baseline: hash a contribution, and recover its signer, with what the peers use. */
async function recover({ path, signatures }: Extract<AuditTask, { do: 'recover' }>): Promise<AuditAnswers['recover']> {
  const file = await openBundleFile(path);
  const domain = { chainId: file.root.chainId, contract: file.root.contract };
  const records = [];
  for await (const item of file.items('announcements', () => {})) if (records.length < signatures) records.push(item);
  await file.close();
  const cpu = process.cpuUsage();
  for (const { record, signature } of records) {
    if (recoverSigner(contributionDigest(domain, record), signature) !== record.member)
      throw new Error('a bad signature');
  }
  const { user, system } = process.cpuUsage(cpu);
  return { cpuSecondsPerSignature: (user + system) / 1e6 / records.length };
}

answerTasks<AuditTask, AuditAnswers>({ write, verify, recover });
