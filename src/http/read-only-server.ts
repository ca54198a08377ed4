import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { type Clock, systemClock } from '../base/clock.ts';
import { limitConnections } from './connection-places.ts';
import { refuseAccess, refuseRequest } from './guard-request.ts';
import { HttpError } from './http-error.ts';
import { limitRate, type Rate } from './limit-rate.ts';
import { matchRoute } from './match-route.ts';
import { type EventStream, type Reply, type Route, refusal } from './route.ts';
import { sendEvents, sendReply } from './send-reply.ts';
import { createTokenDoor, type TokenDoor } from './token-door.ts';

/** A scraper, a health check, `peer status`, and some open pages with six connections each; streams come on top. */
const MAXIMUM_CONNECTIONS = 64;
/** Pages that are kept up to date at a time. */
const MAXIMUM_STREAMS = 16;
/** Of routes with data behind them; health, metrics and the files of pages are cheap and open, and not counted. */
const DATA_RATE: Rate = { perSecond: 100, burst: 100 };
const PATIENCE_MILLISECONDS = 40_000;
/** How long a reader that does not read keeps the server from stopping. */
const LAST_WORDS_MILLISECONDS = 500;
const REQUEST_TIMEOUT_MILLISECONDS = 5_000;
const LIMITS = {
  maxHeaderSize: 8 * 1024,
  requestTimeout: REQUEST_TIMEOUT_MILLISECONDS,
  headersTimeout: REQUEST_TIMEOUT_MILLISECONDS,
  /** Node looks for requests that take too long only every 30 seconds unless it is told otherwise. */
  connectionsCheckingInterval: 1_000,
};

export interface ServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What opens the routes that need one; null if every route is open. */
  readonly token: string | null;
  /** Told what went wrong in a route; the reader is told nothing of it. */
  readonly onError?: (error: unknown) => void;
  /** Who takes nothing for so long, of a reply or of two signs of life, is cut off. */
  readonly patienceMilliseconds?: number;
  /** What rates and challenges go by; the system's unless given. */
  readonly clock?: Pick<Clock, 'now'>;
}

export interface ReadOnlyServer {
  readonly url: string;
  /** All that it answers: the routes that it was given, and with a token the one by which it shows that it has it. */
  readonly routes: readonly Route[];
  /** Readers of streams get what was told last. Whoever calls it again waits for the same. */
  stop(): Promise<void>;
}

/**
 * Serves routes that only read, to pages of its own and to programs, never to pages of others.
 * @throws HttpError `http/port-in-use`
 */
export async function startReadOnlyServer(given: readonly Route[], options: ServerOptions): Promise<ReadOnlyServer> {
  const { token, onError, clock = systemClock } = options;
  const door = token === null ? null : createTokenDoor(token, clock);
  const routes = door === null ? given : [...given, door.route];
  const streams = new Set<ServerResponse>();
  const answer = createAnswerer(routes, { door, clock });
  const server = createServer(LIMITS, (request, response) => {
    response.setTimeout(options.patienceMilliseconds ?? PATIENCE_MILLISECONDS, () => response.destroy());
    answer(request)
      .then((reply) => ('subscribe' in reply ? open(request, response, reply) : sendReply(request, response, reply)))
      .catch((error: unknown) => {
        onError?.(error);
        if (response.headersSent) response.destroy();
        else sendReply(request, response, refusal(500, 'internal error'));
      });
  });
  server.maxRequestsPerSocket = 1; // more would be answered one after the other, from memory
  const places = limitConnections(server, MAXIMUM_CONNECTIONS);
  await listen(server, options);
  server.on('error', (error) => onError?.(error));
  const { port } = server.address() as AddressInfo;
  const host = isIP(options.host) === 6 ? `[${options.host}]` : options.host;
  let stopped: Promise<void> | null = null;
  return { url: `http://${host}:${port}`, routes, stop: () => (stopped ??= stop()) };

  function open(request: IncomingMessage, response: ServerResponse, stream: EventStream): void {
    if (streams.size >= MAXIMUM_STREAMS) {
      sendReply(request, response, refusal(503, 'too many pages are open; close one'));
      return;
    }
    places.keep(request.socket);
    streams.add(response);
    response.once('close', () => streams.delete(response));
    sendEvents(request, response, stream);
  }

  async function stop(): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    await Promise.race([Promise.all([...streams].map(endStream)), systemClock.wait(LAST_WORDS_MILLISECONDS)]);
    server.closeAllConnections();
    await closed;
  }
}

/** So that what was told last goes out. */
async function endStream(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  const ended = Promise.withResolvers<void>();
  response.once('close', ended.resolve);
  response.end(ended.resolve);
  await ended.promise;
}

async function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new HttpError('http/port-in-use', `cannot listen on port ${port} of ${host}; free it or choose another`, {
      cause,
    });
  }
}

function createAnswerer(
  routes: readonly Route[],
  { door, clock }: { door: TokenDoor | null; clock: Pick<Clock, 'now'> },
) {
  const mayAsk = limitRate(DATA_RATE, clock);
  const addresses = `there are ${routes.map(({ path }) => path).join(', ')}`;
  return async (request: IncomingMessage): Promise<Reply | EventStream> => {
    const refused = refuseRequest(request);
    if (refused !== null) return refused;
    const matched = matchRoute(routes, request.url ?? '');
    if (matched === null) return refusal(404, addresses);
    const { route } = matched;
    const denied = refuseAccess(request, route.access, door);
    if (denied !== null) return denied;
    if (route.access === 'token' && !mayAsk()) return refusal(429, 'too many requests; wait a second');
    return route.answer(matched.request);
  };
}
