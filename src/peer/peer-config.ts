import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf } from '../base/errors.ts';
import { ENGINE_CHOICES } from '../model/engine-choice.ts';
import { addressSchema } from '../protocol/wire-types.ts';
import { PeerError } from './peer-error.ts';

const rpcUrl = z.url({ protocol: /^https?$/ });

/** Larger files are no configuration. */
const MAXIMUM_CONFIG_BYTES = 256 * 1024;

const LOOPBACK_HOSTS = ['127.0.0.1', '::1'];

/** `peer.json` in a member's data folder. Paths are relative to that folder. docs/CONFIGURATION.md is generated from this. */
export const peerConfigSchema = z.strictObject({
  rpcUrl: z
    .union([rpcUrl, z.array(rpcUrl).min(1)])
    .describe(
      'JSON-RPC address of an Ethereum node, http or https; or a list, of which the first that answers is asked.',
    ),
  confirmations: z
    .int()
    .min(0)
    .max(1000)
    .default(0)
    .describe(
      "Blocks that must follow a record's block before the record counts as anchored. 0 is right where blocks are final, as with QBFT.",
    ),
  contract: addressSchema.describe('Address of the Ledger contract, lower case.'),
  manifest: z.string().default('manifest.json').describe("The study's manifest."),
  listen: z
    .array(z.string().startsWith('/'))
    .min(1)
    .default(['/ip4/127.0.0.1/tcp/0'])
    .describe(
      'Multiaddrs to listen on for other members; port 0 takes a free one. Loopback by default: nothing is opened to a network unasked.',
    ),
  bootstrap: z
    .array(z.string().startsWith('/'))
    .default([])
    .describe('Members to begin with, as multiaddrs with /p2p/<peer id>; others are learned from them.'),
  discovery: z
    .strictObject({
      mdns: z
        .boolean()
        .default(false)
        .describe(
          'Look for members of the study on the local network by multicast DNS. Off by default: it tells the network that a peer is here.',
        ),
    })
    .prefault({}),
  relay: z
    .strictObject({
      serve: z
        .boolean()
        .default(false)
        .describe(
          'Relay traffic between members that cannot reach each other (circuit relay v2). Off by default: it costs bandwidth.',
        ),
      use: z
        .array(z.string().startsWith('/'))
        .default([])
        .describe(
          'Members that relay for this peer, as multiaddrs with /p2p/<peer id>, where it sits behind NAT and cannot be dialled.',
        ),
    })
    .prefault({}),
  operations: z
    .strictObject({
      host: z
        .union([z.ipv4(), z.ipv6()])
        .default('127.0.0.1')
        .describe('Address of the port for metrics, health and peer status.'),
      port: z.int().min(0).max(65_535).default(0).describe('Its number; 0 takes a free one, which peer status knows.'),
      allowRemote: z
        .boolean()
        .default(false)
        .describe(
          'Must be true where host is not a loopback address: health, metrics and the empty page then answer anybody who can reach it; data go to who has the token, unencrypted.',
        ),
    })
    .prefault({})
    .refine(({ host, allowRemote }) => allowRemote || LOOPBACK_HOSTS.includes(host), {
      error: 'host is not a loopback address; set allowRemote to true if that is meant',
      path: ['host'],
    }),
  log: z
    .strictObject({
      level: z
        .enum(['debug', 'info', 'warn', 'error'])
        .default('info')
        .describe('What goes into peer.log, from this level up.'),
      maximumMegabytes: z
        .int()
        .min(1)
        .max(10_000)
        .default(64)
        .describe(
          'Size beyond which peer.log becomes peer.log.1, in place of the one before it: the two take at most twice as much.',
        ),
    })
    .prefault({}),
  engine: z
    .enum(ENGINE_CHOICES)
    .default('auto')
    .describe(
      "What trains and evaluates: `native` is TensorFlow's library, `wasm` WebAssembly, `auto` the library where it loads. Only `wasm` gives the same bits on every machine; `auto` gives them where it falls back to it. The metrics of each round say which it was.",
    ),
  names: z
    .record(addressSchema, z.string().min(1).max(80))
    .default({})
    .describe(
      "What this member's page calls the members, its own included: an account's address and a name. Told to nobody.",
    ),
  aloneBaseline: z
    .boolean()
    .default(true)
    .describe(
      "Train the member's model on its own data alone beside the study, once, with the study's options and for as many rounds, so that its page can show what taking part is worth. In a process of its own at the lowest priority: it takes as much computing again as the member's own training, and memory for the data once more. Its figures stay in the data folder.",
    ),
  data: z
    .strictObject({
      training: z.string().default('training.dataset').describe('Prepared data set that is trained on.'),
      heldOut: z
        .string()
        .default('held-out.dataset')
        .describe('Prepared data set that models and contributions are judged with.'),
      common: z.string().nullable().default(null).describe('Prepared test part that all members share; null for none.'),
    })
    .prefault({}),
});

export type PeerConfig = z.infer<typeof peerConfigSchema>;

/** @throws PeerError `peer/config-invalid` */
export async function readPeerConfig(path: string): Promise<PeerConfig> {
  let value: unknown;
  try {
    value = parseStrictJson(await readConfigText(path));
  } catch (cause) {
    throw new PeerError(
      'peer/config-invalid',
      `${path}: ${messageOf(cause)}; a member's data folder holds a peer.json`,
      { cause },
    );
  }
  return parsePeerConfig(value, path);
}

/** A directory, a device or a pipe is no configuration, and could be read for ever. */
async function readConfigText(path: string): Promise<string> {
  const found = await stat(path);
  if (!found.isFile()) throw new Error('not a regular file');
  if (found.size > MAXIMUM_CONFIG_BYTES) {
    throw new Error(`${found.size} bytes; at most ${MAXIMUM_CONFIG_BYTES} are read`);
  }
  return readFile(path, 'utf8');
}

/** JSON in which no key stands twice in one object: which of the two was meant, nobody could say. */
function parseStrictJson(text: string): unknown {
  const value: unknown = JSON.parse(text, (key, each: unknown) => {
    if (key === '__proto__') throw new Error("'__proto__' is no setting");
    return each;
  });
  const strings = text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g);
  const keys = [...strings].filter(([, colon]) => colon !== undefined).length;
  if (countKeys(value) !== keys) throw new Error('a key stands twice in one object');
  return value;
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inside = Object.values(value).reduce((sum: number, each) => sum + countKeys(each), 0);
  return inside + (Array.isArray(value) ? 0 : Object.keys(value).length);
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
