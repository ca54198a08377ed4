import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLogFile } from '../../src/cli/log-file.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-log-'));
  file = join(folder, 'peer.log');
});
afterEach(() => rm(folder, { recursive: true }));

const linesOf = async (path: string): Promise<string[]> => (await readFile(path, 'utf8')).trimEnd().split('\n');

describe('a log file', () => {
  const forged = '{"level":30,"event":"study.finished"}';
  test.each([
    ['a line break', `x\n${forged}`],
    ['a carriage return and line break', `x\r\n${forged}\r\n`],
    ['quotes and a brace', `x"}\n${forged}`],
    ['separators that some readers take for line breaks', `x\u2028${forged}\u2029\u0085`],
    ['an escape sequence that clears a terminal', 'x\u001b[2J\u001b[1;1Hall is well'],
    ['NUL', 'x\u0000y'],
    ['half a surrogate pair', 'x\ud800'],
  ])('holds one JSON object a line whatever a value has in it: %s', async (_what, value) => {
    const log = createLogFile(file, { level: 'info', maximumMegabytes: 1 });
    log.info('network.test', { error: value, [value]: 1, event: value });
    log.warn('network.after');
    const lines = await linesOf(file);
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(['network.test', 'network.after']);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(lines.filter((line) => /[\u0000-\u001f]/.test(line))).toEqual([]);
  });

  test('keeps what is below its level out', async () => {
    const log = createLogFile(file, { level: 'warn', maximumMegabytes: 1 });
    log.info('network.quiet');
    log.error('network.loud');
    expect((await linesOf(file)).map((line) => JSON.parse(line).event)).toEqual(['network.loud']);
  });

  test('can be read by its owner only', async () => {
    createLogFile(file, { level: 'info', maximumMegabytes: 1 }).info('network.test');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('never takes more than twice its limit, and loses nothing of the newest part', async () => {
    await writeFile(file, 'x'.repeat(900_000)); // of an earlier start
    const log = createLogFile(file, { level: 'info', maximumMegabytes: 1 });
    for (let n = 0; n < 300; n++) log.info('network.test', { n, text: 'y'.repeat(10_000) });
    const sizes = await Promise.all([file, `${file}.1`].map(async (path) => (await stat(path)).size));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000_000);
    const numbers = [...(await linesOf(`${file}.1`)), ...(await linesOf(file))].map((line) =>
      Number(JSON.parse(line).n),
    );
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => 300 - numbers.length + i));
  });

  test('is left alone by a process that logs nothing', async () => {
    await writeFile(file, 'x'.repeat(2_000_000));
    createLogFile(file, { level: 'info', maximumMegabytes: 1 });
    expect((await stat(file)).size).toBe(2_000_000);
  });

  test('that cannot be written stops nobody: its lines go to standard error', async () => {
    await mkdir(file);
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    createLogFile(file, { level: 'info', maximumMegabytes: 1 }).info('network.test');
    const lines = written.mock.calls.map(([line]) => JSON.parse(String(line)).event);
    written.mockRestore();
    expect(lines).toEqual(['network.test']);
  });
});
