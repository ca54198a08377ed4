import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Hex } from '../base/bytes.ts';
import { messageOf } from '../base/errors.ts';
import { addressSchema, digestSchema } from '../protocol/wire-types.ts';
import { dataFolder } from './data-folder.ts';
import { readPeerConfig } from './peer-config.ts';
import { PeerError } from './peer-error.ts';
import { openPeerStore } from './peer-store.ts';
import { markSchema } from './signing-guard.ts';

/** What a member has signed, to be taken along when it moves to another machine. It holds digests only. */
const guardFileSchema = z.strictObject({
  type: z.literal('consilium/signing-guard/1'),
  /** The ledger that the signatures are for. */
  contract: addressSchema,
  study: digestSchema.nullable(),
  signed: z.array(markSchema),
});

/**
 * Writes what a member has signed into a file. The peer must not be running.
 * @returns how many rounds
 * @throws PeerError `peer/store-locked`, `peer/config-invalid`
 */
export async function exportGuard(folderPath: string, file: string): Promise<number> {
  const folder = dataFolder(folderPath);
  const { contract } = await readPeerConfig(folder.config);
  const store = openPeerStore(folder.database);
  try {
    const signed = store.guard.marks();
    const study = store.announcements()[0]?.record.study ?? null;
    const content = { type: 'consilium/signing-guard/1', contract, study, signed };
    await writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
    return signed.length;
  } finally {
    store.close();
  }
}

/**
 * Takes in what the member has signed according to a file, beside what the folder knows already: all of it, or nothing.
 * @returns how many rounds the file has
 * @throws PeerError `peer/guard-file-invalid`, `peer/double-signing`
 */
export async function importGuard(folderPath: string, file: string): Promise<number> {
  const folder = dataFolder(folderPath);
  const { contract } = await readPeerConfig(folder.config);
  const content = await readGuardFile(file, contract);
  const store = openPeerStore(folder.database);
  try {
    const known = store.announcements()[0]?.record.study;
    if (known !== undefined && content.study !== null && known !== content.study) {
      throw invalid(file, `it is about study ${content.study}, and this folder about ${known}`);
    }
    store.guard.admit(content.signed);
    return content.signed.length;
  } finally {
    store.close();
  }
}

async function readGuardFile(file: string, contract: Hex): Promise<z.infer<typeof guardFileSchema>> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw invalid(file, messageOf(cause), cause);
  }
  const { data: content, error } = guardFileSchema.safeParse(value);
  if (content === undefined) {
    const issue = error.issues[0];
    throw invalid(file, `${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
  }
  if (content.contract === contract) return content;
  throw invalid(file, `it is about the ledger at ${content.contract}, and this folder about ${contract}`);
}

function invalid(file: string, what: string, cause?: unknown): PeerError {
  return new PeerError('peer/guard-file-invalid', `${file}: ${what}; export it again with 'consilium peer guard'`, {
    cause,
  });
}
