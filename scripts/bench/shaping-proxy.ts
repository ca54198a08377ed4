import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { systemClock } from '../../src/base/clock.ts';
import type { RateLimit } from '../../test/lab/limit-rate.ts';

/** A TCP proxy on loopback that gives each peer, and each pair of peers, a rate of its own. */
export interface ShapingProxy {
  readonly port: number;
  /** Says which peer listens on a port. */
  register(peer: number, port: number): void;
  /** From now on; null lifts the limit. */
  limit(rate: RateLimit | null): void;
  stop(): Promise<void>;
}

/** Bytes that pass at once: small enough that the flows of a link take turns. */
const SLICE_BYTES = 16 * 1024;
/** What a bucket may hold for timers that come late. */
const CREDIT_MILLISECONDS = 5;
/** The line in which a caller says who it is and which port it wants. */
const HEADER = /^(\d+) (\d+)\n/;
const MAXIMUM_HEADER_BYTES = 32;

export async function createShapingProxy(): Promise<ShapingProxy> {
  const peerAtPort = new Map<number, number>();
  const sockets = new Set<Socket>();
  const buckets = new Map<string, Bucket>();
  let limits: RateLimit | null = null;

  const bucket = (name: string): Bucket => {
    const known = buckets.get(name) ?? { freeAt: 0 };
    buckets.set(name, known);
    return known;
  };
  /** How long bytes take to get from one peer to another when everything that was sent before has gone. */
  const delay = (from: number, to: number, bytes: number): number => {
    if (limits === null) return 0;
    const { upBitsPerSecond, downBitsPerSecond, pairBitsPerSecond } = limits;
    return Math.max(
      take(bucket(`${from} up`), bytes, upBitsPerSecond),
      take(bucket(`${to} down`), bytes, downBitsPerSecond),
      pairBitsPerSecond === undefined ? 0 : take(bucket(`${from} to ${to}`), bytes, pairBitsPerSecond),
    );
  };
  const pump = async (source: Socket, sink: Socket, delayOf: (bytes: number) => number): Promise<void> => {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      for (let start = 0; start < chunk.length; start += SLICE_BYTES) {
        const slice = chunk.subarray(start, start + SLICE_BYTES);
        const milliseconds = delayOf(slice.length);
        if (milliseconds > 0) await systemClock.wait(milliseconds);
        if (!sink.write(slice)) await once(sink, 'drain');
      }
    }
    sink.end();
  };
  const serve = async (caller: Socket): Promise<void> => {
    const { from, port, rest } = await readHeader(caller);
    const callee = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
    const end = (): void => void [caller, callee].map((socket) => socket.destroy());
    sockets.add(callee);
    callee.on('error', end).on('close', end);
    caller.on('error', end).on('close', end);
    const to = peerAtPort.get(port) ?? -1;
    caller.unshift(rest);
    await Promise.all([
      pump(caller, callee, (bytes) => delay(from, to, bytes)),
      pump(callee, caller, (bytes) => delay(to, from, bytes)),
    ]);
  };

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (caller) => {
    sockets.add(caller);
    caller.on('error', () => caller.destroy());
    serve(caller).catch(() => caller.destroy()); // the peers notice
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    register: (peer, port) => void peerAtPort.set(port, peer),
    limit(rate) {
      limits = rate;
      buckets.clear();
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Bucket {
  /** When everything that was put in has left, on the clock. */
  freeAt: number;
}

/** @returns in how many milliseconds the bytes have left */
function take(bucket: Bucket, bytes: number, bitsPerSecond: number): number {
  const now = systemClock.now();
  bucket.freeAt = Math.max(bucket.freeAt, now - CREDIT_MILLISECONDS) + (8 * bytes * 1000) / bitsPerSecond;
  return bucket.freeAt - now;
}

async function readHeader(caller: Socket): Promise<{ from: number; port: number; rest: Buffer }> {
  let bytes = Buffer.alloc(0);
  for (;;) {
    const chunk = caller.read() as Buffer | null;
    if (chunk === null) await once(caller, 'readable');
    else bytes = Buffer.concat([bytes, chunk]);
    const header = HEADER.exec(bytes.subarray(0, MAXIMUM_HEADER_BYTES).toString('latin1'));
    if (header !== null)
      return { from: Number(header[1]), port: Number(header[2]), rest: bytes.subarray(header[0].length) };
    if (bytes.length > MAXIMUM_HEADER_BYTES) throw new Error('a caller did not say who it is');
  }
}
