import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf } from '../base/errors.ts';
import { addressSchema } from '../protocol/wire-types.ts';
import { PeerError } from './peer-error.ts';

const rpcUrl = z.url({ protocol: /^https?$/ });

/** `peer.json` in a member's data folder. Paths are relative to that folder. */
export const peerConfigSchema = z.strictObject({
  /** JSON-RPC address of an Ethereum node, or several, of which the first that answers is asked. */
  rpcUrl: z.union([rpcUrl, z.array(rpcUrl).min(1)]),
  /** How many blocks must follow the one that holds a record; zero is right where blocks are final, as with QBFT. */
  confirmations: z.int().min(0).max(1000).default(0),
  /** Address of the Ledger contract. */
  contract: addressSchema,
  /** The study's manifest. */
  manifest: z.string().default('manifest.json'),
  /** Where to listen; port 0 takes a free one. */
  listen: z.array(z.string().startsWith('/')).min(1).default(['/ip4/127.0.0.1/tcp/0']),
  /** Members to begin with, as multiaddrs with a peer id; others are learned from them. */
  bootstrap: z.array(z.string().startsWith('/')).default([]),
  data: z
    .strictObject({
      training: z.string().default('training.dataset'),
      heldOut: z.string().default('held-out.dataset'),
      /** The test part that all members share; null if there is none. */
      common: z.string().nullable().default(null),
    })
    .prefault({}),
});

export type PeerConfig = z.infer<typeof peerConfigSchema>;

/** @throws PeerError `peer/config-invalid` */
export async function readPeerConfig(path: string): Promise<PeerConfig> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new PeerError(
      'peer/config-invalid',
      `${path}: ${messageOf(cause)}; a member's data folder holds a peer.json`,
      { cause },
    );
  }
  return parsePeerConfig(value, path);
}

/**
 * @param source where the values are from, for the message
 * @throws PeerError `peer/config-invalid`
 */
export function parsePeerConfig(value: unknown, source: string): PeerConfig {
  const parsed = peerConfigSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new PeerError(
    'peer/config-invalid',
    `${source}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}; correct it`,
  );
}
