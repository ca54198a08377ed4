/** A process of the lab's own test: moves bytes and says how it went. One JSON document a line, in and out. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { systemClock } from '../../src/base/clock.ts';

export const TRAFFIC_PORT = 4001;
export type TrafficTask =
  /** Send datagrams to an address, and say so. */
  | { readonly do: 'say'; readonly to: string; readonly text: string }
  /** Which texts came by datagram. */
  | { readonly do: 'heard' }
  /** Read at least that many bytes from an address, or what comes in that time. */
  | { readonly do: 'fetch'; readonly from: string; readonly bytes: number; readonly patienceMilliseconds: number };

const BLOCK = new Uint8Array(64 * 1024);
const heard = new Set<string>();
const datagrams = createSocket('udp4', (bytes) => void heard.add(bytes.toString()));
const server = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  const fill = (): void => {
    while (socket.write(BLOCK));
  };
  socket.on('drain', fill);
  fill();
});
const open = Promise.all([
  once(datagrams.bind(TRAFFIC_PORT), 'listening'),
  once(server.listen(TRAFFIC_PORT), 'listening'),
]);

/** @returns bytes that came, and in which time */
async function fetchBytes(
  from: string,
  bytes: number,
  patienceMilliseconds: number,
): Promise<{ bytes: number; milliseconds: number }> {
  const begun = systemClock.now();
  const socket = connect(TRAFFIC_PORT, from);
  const patience = setTimeout(() => socket.destroy(), patienceMilliseconds);
  let received = 0;
  try {
    for await (const chunk of socket) {
      received += (chunk as Buffer).length;
      if (received >= bytes) break;
    }
  } catch {
    // The caller sees how far it came.
  }
  clearTimeout(patience);
  return { bytes: received, milliseconds: systemClock.now() - begun };
}

async function perform(task: TrafficTask): Promise<unknown> {
  await open;
  if (task.do === 'heard') return [...heard];
  if (task.do === 'fetch') return fetchBytes(task.from, task.bytes, task.patienceMilliseconds);
  return new Promise((resolve) =>
    datagrams.send(task.text, TRAFFIC_PORT, task.to, (error) => resolve(error?.message ?? null)),
  );
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await perform(JSON.parse(line) as TrafficTask))}\n`);
}
process.exit();
