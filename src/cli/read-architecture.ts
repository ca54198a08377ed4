import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { messageOf } from '../base/errors.ts';
import type { Architecture } from '../model/architecture.ts';
import { checkArchitecture } from '../model/check-architecture.ts';
import type { SampleShape } from '../model/default-training.ts';
import { translateLayersModel } from '../model/layers-model/translate-layers-model.ts';
import { ARCHITECTURE_NAMES, namedArchitecture } from '../model/named-architecture.ts';
import { usageError } from './command-line.ts';

/** A description of 512 layers with all their initialisers takes a tenth of it; weights are in files of their own. */
const MAXIMUM_BYTES = 4 * 2 ** 20;

/**
 * An architecture by name, from a JSON file that states one, or from a tfjs `model.json`.
 * @param samples for a name
 * @throws ConsiliumError `cli/usage` for a file that cannot be read; ModelError `model/untranslatable`,
 *   `model/invalid-architecture`
 */
export async function readArchitecture(source: string, samples: SampleShape): Promise<Architecture> {
  const named = namedArchitecture(source, samples);
  if (named !== null) return named;
  const document = await readJson(source);
  const states = typeof document === 'object' && document !== null && 'kind' in document;
  return states ? checkArchitecture(document) : translateLayersModel(document);
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readText(path));
  } catch (cause) {
    const names = ARCHITECTURE_NAMES.join(', ');
    throw usageError(`${path}: ${messageOf(cause)}; give a JSON file, or one of ${names}`, cause);
  }
}

async function readText(path: string): Promise<string> {
  // Non-blocking, since opening a pipe that nobody writes to would wait for ever.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new Error('not a regular file');
    if (stat.size > MAXIMUM_BYTES) throw new Error(`${stat.size} bytes; at most ${MAXIMUM_BYTES} are read`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
