import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import type { Metrics } from '../base/metrics.ts';
import { PeerError } from './peer-error.ts';
import type { PeerStatus } from './peer-status.ts';

/** Nobody needs more than a scraper, a health check and `peer status` at a time. */
const MAXIMUM_CONNECTIONS = 16;
const MAXIMUM_HEADER_BYTES = 8 * 1024;
const REQUEST_TIMEOUT_MILLISECONDS = 5_000;
/** Node looks for requests that take too long only every 30 seconds unless it is told otherwise. */
const TIMEOUT_LOOK_MILLISECONDS = 1_000;

export interface OperationsDeps {
  readonly metrics: Metrics;
  status(): PeerStatus;
}

export interface OperationsOptions {
  readonly host: string;
  readonly port: number;
  /** What opens `/status`, which names members: those who can read the data folder. */
  readonly token: string;
}

/** Read-only HTTP port of a peer: `/healthz`, `/metrics`, and with the token `/status`. */
export interface OperationsServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** @throws PeerError `peer/port-in-use` */
export async function startOperationsServer(
  deps: OperationsDeps,
  options: OperationsOptions,
): Promise<OperationsServer> {
  const server = createServer(
    {
      maxHeaderSize: MAXIMUM_HEADER_BYTES,
      requestTimeout: REQUEST_TIMEOUT_MILLISECONDS,
      headersTimeout: REQUEST_TIMEOUT_MILLISECONDS,
      connectionsCheckingInterval: TIMEOUT_LOOK_MILLISECONDS,
    },
    (request, response) => {
      answer(deps, options, request).then(
        (reply) => send(response, request.method === 'HEAD', reply),
        () => send(response, false, { code: 500, type: TEXT, body: 'internal error\n' }),
      );
    },
  );
  server.maxConnections = MAXIMUM_CONNECTIONS;
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  const host = isIP(options.host) === 6 ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, { host, port }: OperationsOptions): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new PeerError(
      'peer/port-in-use',
      `cannot listen on port ${port} of ${host} for metrics and health; free it or change 'operations' in peer.json`,
      { cause },
    );
  }
}

interface Reply {
  readonly code: number;
  readonly type: string;
  readonly body: string;
}

const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';
const refuse = (code: number, reason: string): Reply => ({ code, type: TEXT, body: `${reason}\n` });

async function answer(deps: OperationsDeps, options: OperationsOptions, request: IncomingMessage): Promise<Reply> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'only GET and HEAD');
  // A web page that resolves its own name to this address sends that name.
  if (!isOwnHost(request.headers.host, options.host)) return refuse(421, 'ask for this peer by its address');
  switch (request.url) {
    case '/healthz':
      return health(deps.status());
    case '/metrics':
      return { code: 200, type: deps.metrics.contentType, body: await deps.metrics.text() };
    case '/status':
      if (!isAuthorised(request.headers.authorization, options.token)) return refuse(401, 'a token is needed');
      return { code: 200, type: JSON_TYPE, body: JSON.stringify(deps.status()) };
    default:
      return refuse(404, 'there are /healthz, /metrics and /status');
  }
}

function isOwnHost(header: string | undefined, host: string): boolean {
  const name = (header ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || name === host || isIP(name) !== 0;
}

function isAuthorised(header: string | undefined, token: string): boolean {
  const [given, wanted] = [Buffer.from(header ?? ''), Buffer.from(`Bearer ${token}`)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** Names no member: whoever can reach the port may ask. */
function health({ phase, round, problems }: PeerStatus): Reply {
  const body = { healthy: problems.length === 0, phase, round, problems: problems.map(({ code }) => code) };
  return { code: problems.length === 0 ? 200 : 503, type: JSON_TYPE, body: JSON.stringify(body) };
}

function send(response: ServerResponse, headOnly: boolean, { code, type, body }: Reply): void {
  response.writeHead(code, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  });
  response.end(headOnly ? undefined : body);
}
