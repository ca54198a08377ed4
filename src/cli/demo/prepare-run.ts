import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from '../../base/bytes.ts';
import { writePreparedDataset } from '../../data/prepared-dataset.ts';
import { type DataSource, readSource } from '../../data/read-source.ts';
import { type FederationData, splitFederation } from '../../data/split.ts';
import { assertSafeAggregation } from '../../mixing/assert-safe-aggregation.ts';
import { architectureSchema } from '../../model/architecture.ts';
import { layoutOf } from '../../model/parameter-layout.ts';
import { composeManifest } from '../../peer/compose-manifest.ts';
import { type Manifest, studyOf } from '../../protocol/manifest.ts';
import { usageError } from '../command-line.ts';
import { type DemoOptions, MOST_PEERS } from './demo-options.ts';
import { demoTraining } from './demo-training.ts';
import { publicDatasetName } from './public-words.ts';

/** Where things are in a run's folder. */
export interface RunFolder {
  readonly path: string;
  readonly chain: string;
  readonly admin: string;
  readonly logs: string;
  readonly manifest: string;
  readonly deployment: string;
  readonly bundle: string;
  readonly tampered: string;
  readonly report: string;
  /** Data folder of peer n, from 1. */
  peer(n: number): string;
}

export interface PreparedRun {
  readonly folder: RunFolder;
  readonly manifest: Manifest;
  readonly study: Hex;
  readonly data: FederationData;
  readonly parameterCount: number;
}

const DEFAULT_PEERS = 5;
/** The most peers among which every segment is pulled from everybody. */
const FULL_PULL_PEERS = 8;
const PULLS_BEYOND = 4;

/**
 * Reads and splits the data, and writes each peer's share into its own folder together with the manifest. Nothing is written before the
 * data and options have turned out to be usable.
 * @throws DataError; ConsiliumError `cli/usage`
 */
export async function prepareRun(options: DemoOptions): Promise<PreparedRun> {
  const source = await readSource(options.dataset);
  const peers = peersOf(options, source);
  const data = splitFederation(source, { members: peers, alpha: options.alpha, seed: String(options.seed) });
  const smallest = Math.min(...data.members.map(({ training }) => training.samples));
  const manifest = demoManifest(options, source, { peers, smallest });
  assertSafeAggregation(manifest);
  const folder = await makeFolder(options.out);
  await writeFile(folder.manifest, `${JSON.stringify(manifest, null, 2)}\n`);
  for (const [i, member] of data.members.entries()) {
    const peer = folder.peer(i + 1);
    await mkdir(peer, { recursive: true, mode: 0o700 });
    await writePreparedDataset(join(peer, 'training.dataset'), member.training);
    await writePreparedDataset(join(peer, 'held-out.dataset'), member.heldOut);
    await writePreparedDataset(join(peer, 'common.dataset'), data.test);
    await writeFile(join(peer, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  }
  const { parameterCount } = layoutOf(architectureSchema.parse(manifest.architecture));
  return { folder, manifest, study: studyOf(manifest), data, parameterCount };
}

/** As many as asked for, or as there are hospitals; what else the options say must fit. */
function peersOf({ peers, kill, pulls }: DemoOptions, { sites }: DataSource): number {
  const count = sites?.length ?? peers ?? DEFAULT_PEERS;
  if (count > MOST_PEERS)
    throw usageError(`--dataset: ${count} tables, and a demo has ${MOST_PEERS} peers at the most`);
  if (peers !== null && peers !== count) {
    throw usageError(`--peers ${peers}: the folder has tables of ${count} hospitals; leave the option out`);
  }
  if (kill !== null && kill > count) throw usageError(`--kill ${kill}: give a whole number from 1 to ${count}`);
  if (pulls !== null && pulls > count - 1) {
    throw usageError(`--pulls ${pulls}: give a whole number from 1 to ${count - 1}`);
  }
  return count;
}

/** How many members there are, and training samples of the one with the fewest. */
interface Membership {
  readonly peers: number;
  readonly smallest: number;
}

function demoManifest(options: DemoOptions, source: DataSource, { peers, smallest }: Membership): Manifest {
  const { training, architecture, rounds, privacy } = demoTraining(options, source, smallest);
  return composeManifest({
    codec: options.codec,
    ...(options.rule === null ? {} : { rule: options.rule }),
    valuation: options.valuation,
    title: `${publicDatasetName(options.dataset)} in ${peers} hospitals`,
    members: peers,
    rounds,
    segments: options.segments,
    pulls: options.pulls ?? (peers <= FULL_PULL_PEERS ? peers - 1 : PULLS_BEYOND),
    seed: `demo/${options.seed}`,
    ...(source.input === undefined ? {} : { input: source.input }),
    architecture,
    training,
    ...(privacy === null ? {} : { privacy }),
    ...(options.subgroups === undefined ? {} : { subgroups: options.subgroups }),
  });
}

async function makeFolder(out: string | null): Promise<RunFolder> {
  const path = out ?? join('runs', `${new Date().toISOString().replaceAll(/[:.]/g, '-')}-${process.pid}`);
  const present = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw usageError(`--out ${path}: ${error.code === 'ENOTDIR' ? 'is not a folder' : error.message}`, error);
  });
  if (present.length > 0) throw usageError(`--out ${path}: the folder is not empty; choose another`);
  const folder: RunFolder = {
    path,
    chain: join(path, 'chain'),
    admin: join(path, 'admin'),
    logs: join(path, 'logs'),
    manifest: join(path, 'manifest.json'),
    deployment: join(path, 'deployment.json'),
    bundle: join(path, 'evidence.car'),
    tampered: join(path, 'evidence-tampered.car'),
    report: join(path, 'report.html'),
    peer: (n) => join(path, 'peers', String(n)),
  };
  try {
    await mkdir(folder.logs, { recursive: true });
    await mkdir(folder.admin, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw usageError(`--out ${path}: ${(cause as Error).message}`, cause);
  }
  return folder;
}
