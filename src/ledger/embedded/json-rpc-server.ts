import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConsiliumError } from '../../base/errors.ts';
import { answerJsonRpc } from './answer-json-rpc.ts';
import type { EmbeddedChain } from './embedded-chain.ts';
import { BodyTooLargeError, readBody } from './read-body.ts';
import { isLoopbackAddress, refusalOf } from './request-refusal.ts';

/** The embedded chain as other processes see it: Ethereum's JSON-RPC over HTTP. */
export interface JsonRpcServer {
  readonly url: string;
  readonly port: number;
  /** Stops listening, lets requests in progress finish, and closes their connections. The chain stays open. */
  stop(): Promise<void>;
}

export interface JsonRpcServerOptions {
  /** The address to listen on; anything but loopback lets other machines write to the chain. */
  readonly host?: string;
  /** 0 for any free one. */
  readonly port?: number;
}

/** The largest transaction, a contract creation, takes about 50 KiB; a batch of records takes less. */
const MAX_BODY_BYTES = 1024 * 1024;

/** A client that sends its request more slowly than this is cut off. */
const REQUEST_TIMEOUT_MILLISECONDS = 30_000;

/** How long requests in progress have to finish when the server stops. */
const DRAIN_MILLISECONDS = 3_000;

/** A consortium that tries things out on one machine has a few connections a peer. */
const MAX_CONNECTIONS = 256;

/** @throws ConsiliumError `ledger/port-in-use` */
export async function startJsonRpcServer(
  chain: Pick<EmbeddedChain, 'request'>,
  { host = '127.0.0.1', port = 0 }: JsonRpcServerOptions = {},
): Promise<JsonRpcServer> {
  const loopbackOnly = isLoopbackAddress(host);
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MILLISECONDS }, (request, response) => {
    void handle(chain, { request, response, loopbackOnly, isStopping: () => !server.listening });
  });
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, host, port);
  const bound = (server.address() as AddressInfo).port;
  let stopping: Promise<void> | undefined;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    stop: () => {
      stopping ??= close(server);
      return stopping;
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new ConsiliumError(
      'ledger/port-in-use',
      `port ${port} of ${host} is taken: stop what listens there, or choose another port (0 for any free one)`,
      { details: { host, port }, cause },
    );
  }
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const cutOff = setTimeout(() => server.closeAllConnections(), DRAIN_MILLISECONDS);
  await closed;
  clearTimeout(cutOff);
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly loopbackOnly: boolean;
  readonly isStopping: () => boolean;
}

async function handle(
  chain: Pick<EmbeddedChain, 'request'>,
  { request, response, loopbackOnly, isStopping }: Exchange,
): Promise<void> {
  const refusal = refusalOf(request, { loopbackOnly });
  if (refusal !== undefined) return refuse(response, refusal.status, refusal.reason);
  try {
    const answer = await answerJsonRpc(chain, await readBody(request, MAX_BODY_BYTES));
    response.shouldKeepAlive = !isStopping();
    if (answer === undefined) response.writeHead(204).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  } catch (error) {
    if (error instanceof BodyTooLargeError) refuse(response, 413, `a body has at most ${MAX_BODY_BYTES} bytes`);
    else request.destroy();
  }
}

/** Answers in plain text, and closes the connection with whatever of the request is unread. */
function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(`${reason}\n`);
}
