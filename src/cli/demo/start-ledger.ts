import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from '../../base/bytes.ts';
import { createKeystore } from '../../ledger/keystore.ts';
import { runChild } from './child-process.ts';
import type { RunFolder } from './prepare-run.ts';

/** What an admin does before a study, with the scripts that an admin uses. */
export interface AdminDesk {
  deploy(): Promise<{ ledger: Hex; chainId: number }>;
  admit(accounts: readonly Hex[]): Promise<void>;
  openStudy(): Promise<void>;
}

/** Makes the demo's admin: a key of its own, and the scripts under it. */
export async function openAdminDesk(folder: RunFolder, rpcUrl: string): Promise<AdminDesk> {
  const keystore = join(folder.admin, 'keystore.json');
  const passwordFile = join(folder.admin, 'password');
  const password = randomBytes(24).toString('base64url');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await createKeystore(keystore, password);
  const common = ['--rpc', rpcUrl, '--keystore', keystore, '--password-file', passwordFile, '--json'];
  const run = async (name: string, args: readonly string[]): Promise<Record<string, unknown>> => {
    const options = { name, script: `scripts/${name}.ts`, logFile: join(folder.logs, 'admin.log') };
    return (await runChild({ ...options, args: [...args, ...common] })).value;
  };
  return {
    deploy: async () => {
      const { ledger, chainId } = await run('deploy', ['--out', folder.deployment]);
      return { ledger: String(ledger) as Hex, chainId: Number(chainId) };
    },
    admit: async (accounts) => void (await run('admit-member', [...accounts, '--deployment', folder.deployment])),
    openStudy: async () =>
      void (await run('open-study', ['--manifest', folder.manifest, '--deployment', folder.deployment])),
  };
}
