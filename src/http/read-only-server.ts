import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { systemClock } from '../base/clock.ts';
import { refuseAccess, refuseRequest } from './guard-request.ts';
import { HttpError } from './http-error.ts';
import { matchRoute } from './match-route.ts';
import { type EventStream, type Reply, type Route, refusal } from './route.ts';
import { sendEvents, sendReply } from './send-reply.ts';

/** A scraper, a health check, `peer status`, and some open pages with six connections each. */
const MAXIMUM_CONNECTIONS = 64;
/** Pages that are kept up to date at a time. */
const MAXIMUM_STREAMS = 16;
/** How long a reader that does not read keeps the server from stopping. */
const LAST_WORDS_MILLISECONDS = 500;
const MAXIMUM_HEADER_BYTES = 8 * 1024;
const REQUEST_TIMEOUT_MILLISECONDS = 5_000;
/** Node looks for requests that take too long only every 30 seconds unless it is told otherwise. */
const TIMEOUT_LOOK_MILLISECONDS = 1_000;

export interface ServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What opens the routes that need one; null if every route is open. */
  readonly token: string | null;
  /** Told what went wrong in a route; the reader is told nothing of it. */
  readonly onError?: (error: unknown) => void;
}

export interface ReadOnlyServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Serves routes that only read, to pages of its own and to programs, never to pages of others.
 * @throws HttpError `http/port-in-use`
 */
export async function startReadOnlyServer(routes: readonly Route[], options: ServerOptions): Promise<ReadOnlyServer> {
  const streams = new Set<ServerResponse>();
  const open = (request: IncomingMessage, response: ServerResponse, stream: EventStream): void => {
    if (streams.size >= MAXIMUM_STREAMS) {
      sendReply(request, response, refusal(503, 'too many pages are open; close one'));
      return;
    }
    streams.add(response);
    response.once('close', () => streams.delete(response));
    sendEvents(request, response, stream);
  };
  const server = createServer(
    {
      maxHeaderSize: MAXIMUM_HEADER_BYTES,
      requestTimeout: REQUEST_TIMEOUT_MILLISECONDS,
      headersTimeout: REQUEST_TIMEOUT_MILLISECONDS,
      connectionsCheckingInterval: TIMEOUT_LOOK_MILLISECONDS,
    },
    (request, response) => {
      answer(routes, options, request).then(
        (reply) => ('subscribe' in reply ? open(request, response, reply) : sendReply(request, response, reply)),
        (error: unknown) => {
          options.onError?.(error);
          sendReply(request, response, refusal(500, 'internal error'));
        },
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
      await Promise.race([Promise.all([...streams].map(endStream)), systemClock.wait(LAST_WORDS_MILLISECONDS)]);
      server.closeAllConnections();
      await closed;
    },
  };
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

async function answer(
  routes: readonly Route[],
  options: ServerOptions,
  request: IncomingMessage,
): Promise<Reply | EventStream> {
  const refused = refuseRequest(request, options.host);
  if (refused !== null) return refused;
  const matched = matchRoute(routes, request.url ?? '');
  if (matched === null) return refusal(404, `there are ${routes.map(({ path }) => path).join(', ')}`);
  return refuseAccess(request, matched.route.access, options.token) ?? matched.route.answer(matched.request);
}
