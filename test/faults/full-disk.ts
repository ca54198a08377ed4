import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Wallet } from 'ethers';
import { isConsiliumError, messageOf } from '../../src/base/errors.ts';
import { type EmbeddedChain, openEmbeddedChain } from '../../src/ledger/embedded/embedded-chain.ts';
import { openPeerStore } from '../../src/peer/peer-store.ts';
import { announcement, memberKey } from '../builders.ts';
import { controlRow, type FaultRow, skippedRow } from './fault-row.ts';
import { type MountedDisk, mountMemory, whyNoMounts } from './mounted-disk.ts';

const DISK_KIBIBYTES = 512;
/** More than the disk can take. */
const MAXIMUM_RECORDS = 2_000;
/** Takes the place that is set free again once the disk has been full. */
const RESERVE_BYTES = 128 * 1024;
/** Leaves little room for a journal, so that it is full soon. */
const CHAIN_RESERVE_BYTES = 450 * 1024;

/** A disk that is full, then has room again, then is read-only: nothing is acknowledged that is not there, and the error is clear. */
export async function fullDisk(): Promise<FaultRow[]> {
  const reason = await whyNoMounts();
  if (reason !== null) return [skippedRow('full disk', reason)];
  return [
    await fill('peer store', fillStore),
    await fill('embedded chain', fillChain),
    await readOnly('peer store', openStoreReadOnly),
    await readOnly('embedded chain', openChainReadOnly),
    await fullDiskControl(),
  ];
}

interface Filled {
  readonly acknowledged: number;
  /** Of those, how many are there after the disk has room again and the file is opened anew. */
  readonly there: number;
  /** Whether the file takes records again. */
  readonly goesOn: boolean;
  readonly error: unknown;
  readonly path: string;
}

async function fill(what: string, work: (disk: MountedDisk) => Promise<Filled>): Promise<FaultRow> {
  const disk = await mountMemory(DISK_KIBIBYTES);
  try {
    const { acknowledged, there, goesOn, error, path } = await work(disk);
    return {
      name: `full disk (${what})`,
      target: 'all acknowledged are there, goes on when there is room, a typed error that names the file',
      measured: `${there} of ${acknowledged} there, ${goesOn ? 'goes on' : 'does not go on'}; ${describeError(error)}`,
      passed: there === acknowledged && acknowledged > 0 && goesOn && isClear(error, path),
      seed: '-',
    };
  } finally {
    await disk.unmount();
  }
}

async function fillStore({ folder }: MountedDisk): Promise<Filled> {
  const path = join(folder, 'peer.db');
  const reserve = join(folder, 'reserve');
  await writeFile(reserve, Buffer.alloc(RESERVE_BYTES));
  const store = openPeerStore(path);
  const { acknowledged, error } = await untilRefused(async (round) => store.keepOwn(announcement(1, { round })));
  attempt(() => store.close());
  await rm(reserve);
  const again = openPeerStore(path);
  const there = again.outbox.pending().filter(({ record }) => record.round < acknowledged).length;
  const goesOn = attempt(() => again.keepOwn(announcement(1, { round: MAXIMUM_RECORDS })));
  again.close();
  return { acknowledged, there, goesOn, error, path };
}

async function fillChain({ folder }: MountedDisk): Promise<Filled> {
  const path = join(folder, 'transactions.jsonl');
  const reserve = join(folder, 'reserve');
  const chain = await openEmbeddedChain({ dataDirectory: folder });
  await writeFile(reserve, Buffer.alloc(CHAIN_RESERVE_BYTES));
  const { acknowledged, error } = await untilRefused((nonce) => transact(chain, nonce));
  await chain.close();
  await rm(reserve);
  const again = await openEmbeddedChain({ dataDirectory: folder, notice: () => undefined });
  const there = Math.min(again.journaled, acknowledged);
  const goesOn = await transact(again, again.journaled).then(
    () => true,
    () => false,
  );
  await again.close();
  return { acknowledged, there, goesOn, error, path };
}

const wallet = new Wallet(memberKey(1));

async function transact(chain: EmbeddedChain, nonce: number): Promise<void> {
  const draft = { chainId: chain.chainId, nonce, gasPrice: 0, gasLimit: 21_000, to: wallet.address };
  await chain.request('eth_sendRawTransaction', [await wallet.signTransaction(draft)]);
}

/** Keeps records until one is refused. */
async function untilRefused(keep: (n: number) => Promise<void>): Promise<{ acknowledged: number; error: unknown }> {
  for (let acknowledged = 0; acknowledged < MAXIMUM_RECORDS; acknowledged++) {
    try {
      await keep(acknowledged);
    } catch (error) {
      return { acknowledged, error };
    }
  }
  return { acknowledged: MAXIMUM_RECORDS, error: null };
}

async function readOnly(what: string, open: (folder: string) => Promise<unknown>): Promise<FaultRow> {
  const disk = await mountMemory(DISK_KIBIBYTES);
  try {
    await disk.remountReadOnly();
    const error: unknown = await open(disk.folder).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    return {
      name: `read-only folder (${what})`,
      target: 'refused with a typed error that names the file',
      measured: describeError(error),
      passed: isClear(error, disk.folder),
      seed: '-',
    };
  } finally {
    await disk.unmount();
  }
}

const openStoreReadOnly = async (folder: string): Promise<void> => openPeerStore(join(folder, 'peer.db')).close();

const openChainReadOnly = async (folder: string): Promise<void> =>
  (await openEmbeddedChain({ dataDirectory: folder })).close();

/** Who takes a failed write for done has acknowledged what is not there. */
async function fullDiskControl(): Promise<FaultRow> {
  const disk = await mountMemory(DISK_KIBIBYTES);
  try {
    const store = openPeerStore(join(disk.folder, 'peer.db'));
    for (let round = 0; round < MAXIMUM_RECORDS; round++) attempt(() => store.keepOwn(announcement(1, { round })));
    const missing = MAXIMUM_RECORDS - store.outbox.pending().length;
    attempt(() => store.close());
    return controlRow({
      name: 'full disk: errors are ignored',
      measured: `${missing} lost`,
      noticed: missing,
      seed: '-',
    });
  } finally {
    await disk.unmount();
  }
}

function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

function isClear(error: unknown, path: string): boolean {
  // Another process is not to blame for a disk that cannot be written.
  return isConsiliumError(error) && error.message.includes(path) && !error.code.includes('locked');
}

function describeError(error: unknown): string {
  if (error === null) return 'no error';
  return isConsiliumError(error) ? `${error.code}: ${error.message}` : `untyped: ${messageOf(error)}`;
}
