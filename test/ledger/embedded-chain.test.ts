import { type FileHandle, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Wallet } from 'ethers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import {
  type EmbeddedChain,
  type EmbeddedChainOptions,
  openEmbeddedChain,
} from '../../src/ledger/embedded/embedded-chain.ts';
import type { JournalRecord } from '../../src/ledger/embedded/journal-record.ts';
import { openTransactionJournal } from '../../src/ledger/embedded/transaction-journal.ts';

let dataDirectory: string;
let journalPath: string;
let toClose: EmbeddedChain[];

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'consilium-embedded-'));
  journalPath = join(dataDirectory, 'transactions.jsonl');
  toClose = [];
});

afterEach(async () => {
  vi.restoreAllMocks();
  for (const chain of toClose) await chain.close();
  await rm(dataDirectory, { recursive: true });
});

async function openChain(options: Partial<EmbeddedChainOptions> = {}): Promise<EmbeddedChain> {
  const chain = await openEmbeddedChain({ dataDirectory, ...options });
  toClose.push(chain);
  return chain;
}

const wallet = new Wallet(`0x${'22'.repeat(32)}`);

async function send(chain: EmbeddedChain): Promise<unknown> {
  const transaction = { chainId: chain.chainId, gasPrice: 0, gasLimit: 21_000, to: wallet.address };
  const raw = await wallet.signTransaction({ ...transaction, nonce: chain.journaled });
  return chain.request('eth_sendRawTransaction', [raw]);
}

interface Block {
  readonly hash: string;
  readonly number: string;
  readonly timestamp: string;
}

async function headOf(chain: EmbeddedChain): Promise<Block> {
  return (await chain.request('eth_getBlockByNumber', ['latest', false])) as Block;
}

/** A chain of so many transactions, closed; returns its head and journal. */
async function writeChain(transactions: number): Promise<{ head: Block; journal: Buffer }> {
  const chain = await openChain();
  for (let i = 0; i < transactions; i++) await send(chain);
  const head = await headOf(chain);
  await chain.close();
  return { head, journal: await readFile(journalPath) };
}

const linesOf = (journal: Buffer): string[] => journal.toString('utf8').trimEnd().split('\n');

test('reopening replays to the same head, whatever was read in between', async () => {
  const chain = await openChain();
  for (let i = 0; i < 5; i++) {
    await send(chain);
    await chain.request('eth_call', [{ to: wallet.address }, 'pending']);
    await chain.request('eth_estimateGas', [{ to: wallet.address }]);
    await chain.request('eth_getBlockByNumber', ['pending', true]);
  }
  const head = await headOf(chain);
  await chain.close();

  const again = await openChain({ nowSeconds: () => 4_000_000_000 });
  expect(await headOf(again)).toEqual(head);
  expect([again.journaled, again.droppedBytes, head.number]).toEqual([5, 0, '0x5']);
  await send(again);
  expect((await headOf(again)).number).toBe('0x6');
});

test('time in blocks never goes back, even when the clock does', async () => {
  let now = 1_900_000_000;
  const chain = await openChain({ nowSeconds: () => now });
  const timestamps: number[] = [];
  for (const step of [0, 10, -100, 0, 105]) {
    now += step;
    await send(chain);
    timestamps.push(Number((await headOf(chain)).timestamp) - 1_900_000_000);
  }
  expect(timestamps).toEqual([0, 10, 10, 10, 15]);
});

test('a clock before the first block does not stop the chain', async () => {
  const chain = await openChain({ nowSeconds: () => 0 });
  await send(chain);
  expect((await headOf(chain)).number).toBe('0x1');
});

test('an invalid transaction changes neither chain nor journal', async () => {
  const chain = await openChain();
  await send(chain);
  const head = await headOf(chain);
  const transaction = { chainId: chain.chainId, nonce: 1, gasPrice: 0, gasLimit: 21_000, to: wallet.address };
  for (const wrong of [
    { nonce: 0 },
    { nonce: 5 },
    { chainId: 1 },
    { gasPrice: 1 },
    { value: 1 },
    { gasLimit: 20_000 },
  ]) {
    const raw = await wallet.signTransaction({ ...transaction, ...wrong });
    await expect(chain.request('eth_sendRawTransaction', [raw])).rejects.toMatchObject({
      code: 'ledger/request-refused',
    });
  }
  expect(await headOf(chain)).toEqual(head);
  expect(linesOf(await readFile(journalPath))).toHaveLength(2);
});

test.each(['evm_mine', 'evm_revert', 'hardhat_setBalance', 'anvil_reset', 'debug_traceCall', 'eth_sendTransaction'])(
  'the method %s is refused in process too',
  async (method) => {
    const chain = await openChain();
    await expect(chain.request(method, [])).rejects.toMatchObject({ code: 'ledger/request-refused', rpcCode: -32601 });
  },
);

test('a torn last line is dropped with a notice, and writing goes on', async () => {
  const { journal } = await writeChain(3);
  const lastLine = journal.lastIndexOf('\n', journal.length - 2) + 1;
  for (const cut of [lastLine + 1, Math.floor((lastLine + journal.length) / 2), journal.length - 2]) {
    await writeFile(journalPath, journal.subarray(0, cut));
    const notices: string[] = [];
    const chain = await openChain({ notice: (message) => notices.push(message) });
    expect([chain.journaled, chain.droppedBytes, notices.length]).toEqual([2, cut - lastLine, 1]);
    await send(chain);
    await chain.close();
    expect(linesOf(await readFile(journalPath))).toHaveLength(4);
  }
});

test('zeros that a power failure left at the end are dropped', async () => {
  const { journal } = await writeChain(1);
  await writeFile(journalPath, Buffer.concat([journal, Buffer.alloc(300)]));
  const chain = await openChain({ notice: () => undefined });
  expect([chain.journaled, chain.droppedBytes]).toEqual([1, 300]);
});

test('a last line that only lacks its line feed is kept', async () => {
  const { journal, head } = await writeChain(2);
  await writeFile(journalPath, journal.subarray(0, -1));
  const chain = await openChain();
  expect(await headOf(chain)).toEqual(head);
  await send(chain);
  await chain.close();
  expect((await openChain()).journaled).toBe(3);
});

test('a journal that a crash cut within its first line starts anew', async () => {
  await writeFile(journalPath, '{"format":"consil');
  const chain = await openChain({ notice: () => undefined });
  await send(chain);
  await chain.close();
  expect((await openChain()).journaled).toBe(1);
});

test('a journal without a single line of a journal is refused, not started anew', async () => {
  await writeChain(2);
  for (const content of [Buffer.alloc(600), Buffer.from('notes about the chain')]) {
    await writeFile(journalPath, content);
    await expect(openChain()).rejects.toMatchObject({ code: 'ledger/journal-damaged', details: { line: 1 } });
    expect(await readFile(journalPath)).toEqual(content);
  }
});

function edit(line: string, change: (record: JournalRecord) => object): string {
  const record: JournalRecord = JSON.parse(line);
  return JSON.stringify({ ...record, ...change(record) });
}

test.each<[string, number, (lines: string[]) => string[]]>([
  [
    'an altered transaction',
    3,
    (lines) =>
      lines.with(
        2,
        edit(lines[2]!, ({ raw }) => ({ raw: `${raw.slice(0, -1)}0` })),
      ),
  ],
  [
    'an altered time',
    2,
    (lines) =>
      lines.with(
        1,
        edit(lines[1]!, ({ timestamp }) => ({ timestamp: timestamp + 1 })),
      ),
  ],
  [
    'an altered block hash',
    4,
    (lines) =>
      lines.with(
        3,
        edit(lines[3]!, () => ({ blockHash: `0x${'ab'.repeat(32)}` })),
      ),
  ],
  [
    'an added field',
    2,
    (lines) =>
      lines.with(
        1,
        edit(lines[1]!, () => ({ note: 'hello' })),
      ),
  ],
  ['a missing line', 3, (lines) => lines.toSpliced(2, 1)],
  ['a repeated line', 4, (lines) => lines.toSpliced(2, 0, lines[2]!)],
  ['exchanged lines', 2, ([header, first, second, ...rest]) => [header!, second!, first!, ...rest]],
  ['an empty line', 3, (lines) => lines.toSpliced(2, 0, '')],
  ['half a line in the middle', 3, (lines) => lines.with(2, lines[2]!.slice(0, 40))],
  ['a foreign first line', 1, (lines) => lines.slice(1)],
])('%s is refused with file and line', async (_, line, damage) => {
  const { journal } = await writeChain(3);
  await writeFile(journalPath, `${damage(linesOf(journal)).join('\n')}\n`);
  await expect(openChain()).rejects.toMatchObject({
    code: 'ledger/journal-damaged',
    details: { path: journalPath, line },
  });
});

test('no flipped bit goes unseen', async () => {
  const { journal } = await writeChain(3);
  const [header, ...records] = linesOf(journal).map((line) => JSON.parse(line));
  const random = createSeededRandom('flipped bits');
  for (let flip = 0; flip < 1500; flip++) {
    // Every bit of the last two bytes, and then anywhere.
    const bit = flip < 16 ? journal.length * 8 - 1 - flip : random.integer(journal.length * 8);
    const damaged = Buffer.from(journal);
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    await writeFile(journalPath, damaged);
    const [code, found] = await openTransactionJournal(journalPath, header).then(
      async (read) => {
        await read.close();
        return ['', read.records.map(({ record }) => record)];
      },
      (error: { code: string }) => [error.code, []],
    );
    // What still reads well, as many records as before, differs in a field that the block hashes cover.
    expect(code).toMatch(/^(ledger\/journal-damaged|ledger\/journal-mismatch|)$/);
    expect(found).toHaveLength(code === '' ? records.length : 0);
    expect(found).not.toEqual(records);
  }
});

test('another chain in the folder is refused', async () => {
  await writeChain(1);
  await expect(openChain({ chainId: 4711 })).rejects.toMatchObject({ code: 'ledger/journal-mismatch' });
});

test('a second use in the same process is refused, until the first is closed', async () => {
  const chain = await openChain();
  await expect(openChain()).rejects.toMatchObject({ code: 'ledger/directory-locked' });
  await chain.close();
  await openChain();
});

test('a failed opening lets go of the folder', async () => {
  const { journal } = await writeChain(1);
  await writeFile(journalPath, journal.subarray(1));
  await expect(openChain()).rejects.toMatchObject({ code: 'ledger/journal-damaged' });
  await writeFile(journalPath, journal);
  await openChain();
});

test('after close nothing is answered, and closing twice is closing once', async () => {
  const chain = await openChain();
  await Promise.all([chain.close(), chain.close()]);
  await expect(chain.request('eth_chainId')).rejects.toMatchObject({ code: 'ledger/chain-closed' });
});

/** The methods that all file handles share, to make the disk misbehave. */
async function fileHandlePrototype(): Promise<FileHandle> {
  const file = await open(join(dataDirectory, 'scratch'), 'w');
  await file.close();
  return Object.getPrototypeOf(file);
}

test('nobody is answered, and nobody sees the block, before it is on the disk', async () => {
  const chain = await openChain();
  const prototype = await fileHandlePrototype();
  const disk = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  vi.spyOn(prototype, 'datasync').mockImplementation(() => {
    reached.resolve();
    return disk.promise;
  });
  const answers: string[] = [];
  const sent = send(chain).then(() => answers.push('sent'));
  await reached.promise;
  const read = chain.request('eth_blockNumber').then((number) => answers.push(`block ${String(number)}`));
  await new Promise((resolve) => setImmediate(resolve));
  expect(answers).toEqual([]);
  disk.resolve();
  await Promise.all([sent, read]);
  expect(answers).toEqual(['sent', 'block 0x1']);
});

test('after a failed write the chain refuses everything, and reopens where it was', async () => {
  const chain = await openChain();
  await send(chain);
  const head = await headOf(chain);
  const prototype = await fileHandlePrototype();
  vi.spyOn(prototype, 'appendFile').mockImplementation(async function (this: FileHandle, data) {
    await this.write((data as string).slice(0, 50));
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  });
  await expect(send(chain)).rejects.toMatchObject({ code: 'ledger/journal-unwritable' });
  await expect(chain.request('eth_blockNumber')).rejects.toMatchObject({ code: 'ledger/journal-unwritable' });
  vi.restoreAllMocks();
  await chain.close();

  const again = await openChain({ notice: () => undefined });
  expect(await headOf(again)).toEqual(head);
  expect(again.droppedBytes).toBe(50);
});
