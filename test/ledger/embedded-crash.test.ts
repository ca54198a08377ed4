import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { openEmbeddedChain } from '../../src/ledger/embedded/embedded-chain.ts';

const WRITER = resolve(import.meta.dirname, 'embedded-writer.ts');

let dataDirectory: string;

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'consilium-crash-'));
});

afterEach(() => rm(dataDirectory, { recursive: true }));

/** Block number and hash, as the writer prints them. */
type Acknowledged = string;

/** Lets a writer work in a folder of its own choice of working directory, and kills it after so many blocks. */
async function writeAndKill(blocks: number): Promise<Acknowledged[]> {
  const writer = spawn(process.execPath, [WRITER, dataDirectory], { cwd: '/', stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(writer, 'exit');
  const acknowledged: Acknowledged[] = [];
  for await (const line of createInterface({ input: writer.stdout })) {
    if (line !== 'opened') acknowledged.push(line);
    if (acknowledged.length >= blocks) writer.kill('SIGKILL');
  }
  expect((await exited)[1]).toBe('SIGKILL');
  return acknowledged;
}

/** Which of the acknowledged blocks the chain in the folder does not have. */
async function lostBlocks(acknowledged: readonly Acknowledged[]): Promise<Acknowledged[]> {
  const chain = await openEmbeddedChain({ dataDirectory, notice: () => undefined });
  try {
    const lost: Acknowledged[] = [];
    for (const each of acknowledged) {
      const [number, hash] = each.split(' ');
      const block = (await chain.request('eth_getBlockByNumber', [number, false])) as { hash: string } | null;
      if (block?.hash !== hash) lost.push(each);
    }
    return lost;
  } finally {
    await chain.close();
  }
}

test('a killed process loses no acknowledged block, and the next one takes the folder over', async () => {
  const random = createSeededRandom('embedded crash');
  const acknowledged: Acknowledged[] = [];
  for (let kill = 0; kill < 4; kill++) {
    acknowledged.push(...(await writeAndKill(5 + random.integer(40))));
    expect(await lostBlocks(acknowledged)).toEqual([]);
  }
  expect(acknowledged.length).toBeGreaterThan(20);

  // Control: the same check on a journal that lost its last acknowledged line.
  const path = join(dataDirectory, 'transactions.jsonl');
  const lines = (await readFile(path, 'utf8')).split('\n').slice(0, acknowledged.length);
  await writeFile(path, `${lines.join('\n')}\n`);
  expect(await lostBlocks(acknowledged)).not.toEqual([]);
}, 60_000);

test('a folder in use by another process is refused', async () => {
  const writer = spawn(process.execPath, [WRITER, dataDirectory], { cwd: '/', stdio: ['ignore', 'pipe', 'inherit'] });
  await once(createInterface({ input: writer.stdout }), 'line');
  await expect(openEmbeddedChain({ dataDirectory })).rejects.toMatchObject({ code: 'ledger/directory-locked' });
  const exited = once(writer, 'exit');
  writer.kill('SIGKILL');
  await exited;
  const chain = await openEmbeddedChain({ dataDirectory, notice: () => undefined });
  await chain.close();
}, 30_000);
