import { readFile } from 'node:fs/promises';
import type { Hex } from '../src/base/bytes.ts';
import { messageOf } from '../src/base/errors.ts';
import { type OptionSpec, type OptionValues, required, usageError } from '../src/cli/command-line.ts';
import type { Deployment } from '../src/ledger/admin.ts';
import { openKeystore } from '../src/ledger/keystore.ts';

/** Options that every admin script takes. */
export const ADMIN_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  rpc: { type: 'string', value: '<url>', help: "JSON-RPC address of the network's node" },
  keystore: { type: 'string', value: '<file>', help: "the admin's encrypted keystore" },
  'password-file': { type: 'string', value: '<file>', help: "the file that holds the keystore's password" },
  json: { type: 'boolean', help: 'print JSON' },
};

/** Opens the admin's key. */
export async function adminKey(values: OptionValues): Promise<Hex> {
  const password = await readText(required(values, 'password-file'));
  return openKeystore(required(values, 'keystore'), password.trimEnd());
}

/** Reads `deployment.json` as `deploy` wrote it. */
export async function readDeployment(path: string): Promise<Deployment> {
  const text = await readText(path);
  try {
    const { chainId, membership, ledger, admin } = JSON.parse(text);
    if (![membership, ledger, admin].every((address) => /^0x[0-9a-f]{40}$/.test(address)))
      throw new Error('an address is missing');
    return { chainId, membership, ledger, admin };
  } catch (cause) {
    throw usageError(`${path} is not a deployment file (${messageOf(cause)}); 'deploy' writes one`, cause);
  }
}

export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw usageError(messageOf(cause), cause);
  }
}
