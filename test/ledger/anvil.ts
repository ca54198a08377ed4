import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** A second Ethereum client, written by others in another language: what only works on ours is found out on it. */
export interface Anvil {
  readonly url: string;
  stop(): Promise<void>;
}

const BINARY = resolve(import.meta.dirname, '../../node_modules/.bin/anvil');

/** It comes as an npm package for one platform; where it is not installed, tests that need it say that they are skipped. */
export const anvilIsInstalled = existsSync(BINARY);

/** Starts a new chain with transaction fees, as public networks have them. @param options further arguments */
export async function startAnvil(...options: string[]): Promise<Anvil> {
  const child: ChildProcess = spawn(BINARY, ['--port', '0', '--hardfork', 'paris', '--order', 'fifo', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const listening = Promise.withResolvers<string>();
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  lines.on('line', (line) => {
    const address = /^Listening on (\S+)$/.exec(line)?.[1];
    if (address !== undefined) listening.resolve(`http://${address}`);
  });
  void ended.then(() => listening.reject(new Error('anvil ended before it listened')));
  return {
    url: await listening.promise,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
