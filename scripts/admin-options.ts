import { readFile } from 'node:fs/promises';
import type { Hex } from '../src/base/bytes.ts';
import { messageOf } from '../src/base/errors.ts';
import { type OptionSpec, type OptionValues, required, usageError } from '../src/cli/command-line.ts';
import { type AccountSigner, keySigner } from '../src/ledger/account-signer.ts';
import { externalSigner } from '../src/ledger/external-signer.ts';
import { openKeystore } from '../src/ledger/keystore.ts';

type Options = Readonly<Record<string, OptionSpec>>;

const NETWORK_OPTIONS: Options = {
  rpc: {
    type: 'string',
    value: '<url>',
    help: "JSON-RPC address of the network's node; several with commas",
    default: 'http://127.0.0.1:8545',
  },
  json: { type: 'boolean', help: 'print one JSON document, on the last line' },
};

const KEY_OPTIONS: Options = {
  keystore: { type: 'string', value: '<file>', help: "the admin's encrypted keystore (default admin/keystore.json)" },
  'password-file': { type: 'string', value: '<file>', help: 'the file with its password (default admin/password)' },
  signer: { type: 'string', value: '<url>', help: 'a signing service that keeps the key, instead of a keystore' },
  account: { type: 'string', value: '<account>', help: 'the account that the signing service signs for' },
  'dry-run': { type: 'boolean', help: 'check everything, send nothing, and say what would be done' },
};

const DEPLOYMENT_OPTION: Options = {
  deployment: { type: 'string', value: '<file>', help: "what 'deploy' wrote (default deployments/<chain id>.json)" },
};

/** Options of `deploy`, which takes a key and has no deployment yet. */
export const DEPLOY_OPTIONS: Options = { ...NETWORK_OPTIONS, ...KEY_OPTIONS };
/** Options of a script that changes something. */
export const ADMIN_OPTIONS: Options = { ...DEPLOY_OPTIONS, ...DEPLOYMENT_OPTION };
/** Options of a script that changes something for good. */
export const ASKING_OPTIONS: Options = {
  ...ADMIN_OPTIONS,
  yes: { type: 'boolean', help: 'do not ask before what cannot be undone' },
};
/** Options of a script that only reads. */
export const READING_OPTIONS: Options = { ...NETWORK_OPTIONS, ...DEPLOYMENT_OPTION };

/** @throws ConsiliumError `cli/usage` */
export function rpcUrls(values: OptionValues): string[] {
  return required(values, 'rpc').split(',');
}

/** Who signs: a keystore, or a signing service. Neither a flag nor the environment ever carries a key. */
export async function adminSigner(values: OptionValues): Promise<AccountSigner> {
  const service = values.signer;
  if (typeof service !== 'string') return keystoreSigner(values);
  if (values.keystore !== undefined || values['password-file'] !== undefined)
    throw usageError('give a keystore or --signer, not both');
  return externalSigner(service, parseAccount(required(values, 'account')));
}

async function keystoreSigner(values: OptionValues): Promise<AccountSigner> {
  if (values.account !== undefined) throw usageError('--account is for --signer; a keystore says its account itself');
  const password = await readText(fileOption(values, 'password-file', 'admin/password'));
  const key = await openKeystore(fileOption(values, 'keystore', 'admin/keystore.json'), password.replace(/\r?\n$/, ''));
  return keySigner(key);
}

function fileOption(values: OptionValues, name: string, fallback: string): string {
  return values[name] === undefined ? fallback : required(values, name);
}

/** The deployment file that is meant, given the node's chain. */
export function deploymentPath(values: OptionValues, chainId: number, option = 'deployment'): string {
  return fileOption(values, option, `deployments/${chainId}.json`);
}

/** @throws ConsiliumError `cli/usage` */
export function parseAccount(text: string): Hex {
  const account = text.toLowerCase();
  if (/^0x[0-9a-f]{40}$/.test(account)) return account as Hex;
  throw usageError(`'${text}' is not an account: 0x and 40 hexadecimal digits`);
}

/** Accounts from the command line, each once. @throws ConsiliumError `cli/usage` */
export function parseAccounts(positionals: readonly string[]): Hex[] {
  if (positionals.length === 0) throw usageError('name at least one account; see --help');
  return [...new Set(positionals.map(parseAccount))];
}

/** @throws ConsiliumError `cli/usage` */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw usageError(messageOf(cause), cause);
  }
}
