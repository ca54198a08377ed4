import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReadingOptions } from '../../src/data/images/reading-options.ts';
import { readSourceRecords } from '../../src/data/read-source-records.ts';
import { READING_LIMITS, type ReadingLimits } from '../../src/data/reader/reading-limits.ts';
import { startReadingProcess } from '../../src/data/reader/start-reading-process.ts';
import { createImageFolder, greyPng, type ImageFolder } from '../data/images/image-folder.ts';

const UNDEFENDED = fileURLToPath(new URL('./data/undefended-reader.ts', import.meta.url));
const OPTIONS: ReadingOptions = { labelTag: null, window: 'file', frames: 'all', burnedIn: 'ignore', size: null };
/** What two megabytes unpack to. */
const BOMB_BYTES = 2 ** 29;
/** The memory of any file, with time to spare on a busy machine. */
const PATIENT: ReadingLimits = { ...READING_LIMITS, seconds: 60 };
const UNLIMITED: ReadingLimits = { seconds: 60, mebibytes: 4_096 };

let folder: ImageFolder;
let bomb: string;

beforeAll(async () => {
  folder = await createImageFolder();
  bomb = await folder.add('bomb.nii.gz', gzipSync(Buffer.alloc(BOMB_BYTES), { level: 1 }));
});

afterAll(() => folder.remove());

/** As many pixels as are read at all. */
function largestPng(): Uint8Array {
  const [width, height] = [4_096, 2_730];
  return encode({ width, height, channels: 3, depth: 8, data: new Uint8Array(width * height * 3) });
}

/** What a process without checks of its own makes of a file. */
async function readUndefended(path: string, limits: ReadingLimits): Promise<{ code: string | null; bytes: number }> {
  const reader = startReadingProcess(limits, UNDEFENDED);
  let bytes = 0;
  try {
    const onParts = (_: unknown, parts: readonly { values: Float32Array }[]) => (bytes = parts[0]?.values[0] ?? 0);
    const problem = await reader.read({ path, options: OPTIONS, seconds: limits.seconds, onParts });
    return { code: problem?.code ?? null, bytes };
  } finally {
    reader.stop();
  }
}

describe('around a reader without checks', () => {
  test('a bomb ends its process, and goes off where memory is not limited', async () => {
    expect(await readUndefended(bomb, PATIENT)).toEqual({ code: 'data/too-much-memory', bytes: 0 });
    expect(await readUndefended(bomb, UNLIMITED)).toEqual({ code: null, bytes: BOMB_BYTES });
  });

  test('a file may take what its limit says, and no more than what idle processes differ by', async () => {
    const limit = READING_LIMITS.mebibytes;
    const [below, above] = await Promise.all([
      folder.add('below', `take ${limit}`),
      folder.add('above', `take ${limit + 128}`),
    ]);
    expect(await readUndefended(below, PATIENT)).toEqual({ code: null, bytes: limit * 2 ** 20 });
    expect(await readUndefended(above, PATIENT)).toMatchObject({ code: 'data/too-much-memory' });
    expect(await readUndefended(above, UNLIMITED)).toMatchObject({ code: null });
  });

  test('a full heap ends its process', async () => {
    const path = await folder.add('heap', 'heap');
    expect(await readUndefended(path, PATIENT)).toMatchObject({ code: 'data/too-much-memory' });
  });

  test('a hang ends at the deadline', async () => {
    const path = await folder.add('hang', 'hang');
    expect(await readUndefended(path, { ...READING_LIMITS, seconds: 1 })).toMatchObject({ code: 'data/took-too-long' });
  });

  test('a crash is told apart', async () => {
    const path = await folder.add('fall', 'fall');
    expect(await readUndefended(path, PATIENT)).toMatchObject({ code: 'data/reader-failed' });
  });
});

test('the same bomb is refused by its size before it goes off', async () => {
  const { problems } = await readSourceRecords(bomb, { limits: UNLIMITED });
  expect(problems.map(({ code }) => code)).toEqual(['data/too-large']);
});

test('a data set is read to its end though a file takes more than its process may have', async () => {
  const set = await createImageFolder();
  try {
    await set.add('x/1.png', greyPng(2, 2, [0, 1, 2, 3]));
    await set.add('x/2-large.png', largestPng());
    await set.add('x/3.png', greyPng(2, 2, [0, 1, 2, 3]));
    // With less, the runtime itself is refused memory now and then, and falls without a word.
    const tight = await readSourceRecords(set.path, { limits: { seconds: 60, mebibytes: 16 } });
    expect(tight.problems.map(({ code, details }) => [code, details['file']])).toEqual([
      ['data/too-much-memory', '2-large.png'],
    ]);
    expect(tight.records.map(({ place }) => place)).toEqual(['x/1.png', 'x/3.png']);
    const { records } = await readSourceRecords(set.path, { limits: PATIENT });
    expect(records).toHaveLength(3);
  } finally {
    await set.remove();
  }
});
