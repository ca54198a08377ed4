import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a node may do instead of answering. */
export type Fault =
  | 'none'
  | 'refuse'
  | 'hang'
  | 'half'
  | 'http-500'
  | 'http-429'
  | 'redirect'
  | 'html'
  | 'truncate'
  | 'wrong-id'
  | 'array'
  | 'no-result'
  | 'limit'
  | 'flood'
  | 'other-chain'
  | 'lose-answer';

export const FAULTS: readonly Fault[] = [
  'refuse',
  'hang',
  'half',
  'http-500',
  'http-429',
  'redirect',
  'html',
  'truncate',
  'wrong-id',
  'array',
  'no-result',
  'limit',
];

/** A JSON-RPC node that stands in front of another one, and misbehaves when it is told to. */
export interface FaultProxy {
  readonly url: string;
  /** What it does from now on; a function decides for each request. */
  fault: Fault | ((method: string) => Fault);
  /** How many requests came in. */
  readonly requests: () => number;
  stop(): Promise<void>;
}

export async function createFaultProxy(target: string): Promise<FaultProxy> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    serve(request, response).catch(() => response.destroy());
  });
  const proxy = {
    url: '',
    fault: 'none' as FaultProxy['fault'],
    requests: () => requests,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const { id, method } = JSON.parse(body) as { id: number; method: string };
    const fault = typeof proxy.fault === 'function' ? proxy.fault(method) : proxy.fault;
    if (fault === 'refuse') return void response.destroy();
    if (fault === 'hang') return;
    if (fault === 'http-500') return void response.writeHead(500).end('Internal Server Error');
    if (fault === 'http-429') return void response.writeHead(429).end('Too Many Requests');
    if (fault === 'redirect') return void response.writeHead(302, { location: target }).end();
    if (fault === 'html') return void response.end('<html><body>502 Bad Gateway</body></html>');
    if (fault === 'flood') return flood(response);
    const forwarded = await fetch(target, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const text = await forwarded.text();
    if (fault === 'lose-answer') return void response.destroy();
    if (fault === 'half') return void response.writeHead(200).write(text.slice(0, text.length / 2));
    response.end(spoilt(fault, text, id));
  };

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return proxy;
}

function spoilt(fault: Fault, text: string, id: number): string {
  switch (fault) {
    case 'truncate':
      return text.slice(0, -2);
    case 'wrong-id':
      return JSON.stringify({ ...JSON.parse(text), id: id + 1 });
    case 'array':
      return `[${text}]`;
    case 'no-result':
      return JSON.stringify({ jsonrpc: '2.0', id });
    case 'limit':
      return JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32_005, message: 'limit exceeded' } });
    case 'other-chain':
      return JSON.stringify({ jsonrpc: '2.0', id, result: '0x1' });
    default:
      return text;
  }
}

/** Sends without end; only as fast as it is read. */
function flood(response: ServerResponse): void {
  const chunk = Buffer.alloc(1024 * 1024, 'a');
  const pump = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', pump);
  };
  pump();
}
