import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { authorise } from '../http/server-proof.ts';
import type { PeerStatus } from './peer-status.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

/** How other processes of the same user find a running peer: written when it is up, removed when it ends. */
export const runFileSchema = z.strictObject({
  pid: z.int().min(1),
  /** Where its operations port is. */
  url: z.url(),
  /** Opens `/status`; the file can be read by its owner only. */
  token: z.string().min(32),
});

export type RunFile = z.infer<typeof runFileSchema>;

const ANSWER_MILLISECONDS = 3_000;

export async function writeRunFile(path: string, run: RunFile): Promise<void> {
  await writePrivateFile(path, `${JSON.stringify(run)}\n`);
}

export async function removeRunFile(path: string): Promise<void> {
  await rm(path, { force: true });
}

/** What a peer said of itself when it began; null if there is nothing that can be read. It may have ended since: see {@link findRunningPeer}. */
export async function readRunFile(path: string): Promise<RunFile | null> {
  try {
    return runFileSchema.parse(JSON.parse((await readPrivateFile(path)) ?? ''));
  } catch {
    return null;
  }
}

/**
 * The peer that runs on a data folder, and what it says. A file that was left behind by a crash tells nothing: the process number may
 * be another program's by now, and so may the port; nobody is sent the token. Only who answers there, has the token, and has that
 * number, is the peer.
 * @returns null if none runs
 */
export async function findRunningPeer(path: string): Promise<{ run: RunFile; status: PeerStatus } | null> {
  const run = await readRunFile(path);
  if (run === null) return null;
  const signal = AbortSignal.timeout(ANSWER_MILLISECONDS);
  try {
    const url = new URL('/status', run.url);
    const authorization = await authorise(url, run.token, signal);
    if (authorization === null) return null;
    const response = await fetch(url, { headers: { authorization }, signal, redirect: 'error' });
    if (!response.ok) return null;
    const status = (await response.json()) as PeerStatus;
    return status.pid === run.pid ? { run, status } : null;
  } catch {
    return null;
  }
}
