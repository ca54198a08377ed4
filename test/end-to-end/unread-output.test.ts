import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { processesNaming } from './command.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const BUNDLE = fileURLToPath(new URL('../audit/fixtures/tiny.car', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-unread-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Both ends of a pipe of the operating system's own. */
function makePipe(): { reader: number; writer: number } {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY);
  execFileSync('rm', [path]);
  return { reader, writer };
}

/** Runs `consilium` with its output into a pipe or a file. */
function startInto(output: number, args: readonly string[]) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
    stdio: ['ignore', output, 'pipe'],
  });
  closeSync(output);
  return Promise.all([once(child, 'close'), child.stderr === null ? '' : text(child.stderr)]).then(
    ([[code], stderr]) => ({ code, stderr }),
  );
}

describe('a command whose output nobody reads', () => {
  test.each([
    ['a server', ['audit', 'serve', BUNDLE], 0],
    ['a server that tells events', ['audit', 'serve', BUNDLE, '--json'], 0],
    ['a table', ['audit', 'list', BUNDLE], 0],
    ['an audit with findings', ['audit', 'verify', BUNDLE], 3],
    ['help', ['--help'], 0],
    ['the help of a command', ['audit', 'show', '--help'], 0],
  ])('ends without a word: %s', async (_what, args, code) => {
    const { reader, writer } = makePipe();
    closeSync(reader);
    expect(await startInto(writer, args)).toEqual({ code, stderr: '' });
  });

  test('ends in order where the reader goes in the middle of a run, with all the processes that it started', async () => {
    const { reader, writer } = makePipe();
    const out = join(folder, 'demo');
    const ended = startInto(writer, ['demo', '--peers', '2', '--rounds', '400', '--json', '--out', out]);
    const reading = new Socket({ fd: reader });
    await once(reading, 'data');
    reading.destroy();
    expect(await ended).toEqual({ code: 130, stderr: '' });
    expect(processesNaming(out)).toEqual([]);
  });

  test('says so where the output cannot be written for another reason', async () => {
    const full = openSync('/dev/full', constants.O_WRONLY);
    const { code, stderr } = await startInto(full, ['audit', 'list', BUNDLE]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('ENOSPC')]);
  });
});
