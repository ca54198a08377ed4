import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ReadOnlyServer } from '../../src/http/read-only-server.ts';

/** A connection on which a test says what no HTTP client would. */
export async function connectTo({ url }: ReadOnlyServer): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ''));
  socket.on('error', () => {}); // hanging up on a hostile client is among what is tested
  await once(socket, 'connect');
  return socket;
}

/** All that comes back to some bytes until the server hangs up. */
export async function exchange(server: ReadOnlyServer, bytes: string): Promise<string> {
  const socket = await connectTo(server);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.write(bytes);
  if (!socket.closed) await once(socket, 'close');
  return text;
}

/** A request as its lines. */
export const requestText = (start: string, headers: readonly string[] = ['Host: 127.0.0.1']): string =>
  `${[`${start} HTTP/1.1`, ...headers].join('\r\n')}\r\n\r\n`;

/** The codes of all replies in what came back. */
export const codesIn = (text: string): number[] =>
  [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, code]) => Number(code));

/** The code of the first reply; 0 if there is none. */
export async function codeOf(
  server: ReadOnlyServer,
  start: string,
  headers: readonly string[] = ['Host: 127.0.0.1'],
): Promise<number> {
  return codesIn(await exchange(server, requestText(start, headers)))[0] ?? 0;
}
