import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EventStream, Reply } from './route.ts';
import { SCHEME } from './server-proof.ts';

/**
 * Scripts, styles, pictures and data come from this server or from nowhere; nothing is sent, framed or embedded elsewhere. Text cannot be made
 * markup or script by mistake (trusted types), but for the script of the verifier's worker, which is in the page's own bundle.
 */
const CONTENT_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
  "worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'; trusted-types consilium-worker";

const SAFE_HEADERS = {
  'content-security-policy': CONTENT_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const HEARTBEAT_MILLISECONDS = 15_000;
/** Clients that are told to come again later are told when. */
const RETRY_SECONDS: Readonly<Record<number, string>> = { 429: '1', 503: '10' };

export function sendReply(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  const isCompressed = reply.gzip !== undefined && acceptsGzip(request);
  const body = isCompressed ? (reply.gzip ?? reply.body) : reply.body;
  response.writeHead(reply.code, {
    ...SAFE_HEADERS,
    ...(reply.gzip === undefined ? {} : { vary: 'accept-encoding' }),
    ...(isCompressed ? { 'content-encoding': 'gzip' } : {}),
    ...(reply.code === 401 ? { 'www-authenticate': `Bearer, ${SCHEME}` } : {}),
    ...(reply.code === 405 ? { allow: 'GET, HEAD' } : {}),
    ...(RETRY_SECONDS[reply.code] === undefined ? {} : { 'retry-after': RETRY_SECONDS[reply.code] }),
    'content-type': reply.type,
    'content-length': Buffer.byteLength(body),
    'cache-control': reply.immutable === true ? 'public, max-age=31536000, immutable' : 'no-store',
    connection: 'close',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** `gzip;q=0` is how a client says that it does not. */
function acceptsGzip({ headers }: IncomingMessage): boolean {
  return /(^|,)\s*gzip\s*(;\s*q=(1|0\.\d*[1-9]))?\s*(,|$)/i.test(headers['accept-encoding']?.toString() ?? '');
}

/** Streams events until the reader goes; to one that does not read, only the newest event of each name is kept. */
export function sendEvents(request: IncomingMessage, response: ServerResponse, stream: EventStream): void {
  response.writeHead(200, {
    ...SAFE_HEADERS,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    connection: 'close',
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  response.flushHeaders();
  const waiting = new Map<string, string>();
  let isFull = false;
  const write = (text: string): void => {
    if (!response.writableEnded && !response.destroyed) isFull = !response.write(text);
  };
  const flush = (): void => {
    isFull = false;
    for (const [event, data] of waiting) {
      if (isFull) return;
      waiting.delete(event);
      write(toText(event, data));
    }
  };
  const end = stream.subscribe((event, data) => {
    if (isFull) waiting.set(event, data);
    else write(toText(event, data));
  });
  const beat = setInterval(() => {
    if (!isFull) write(': still here\n\n');
  }, HEARTBEAT_MILLISECONDS);
  response.on('drain', flush);
  response.once('close', () => {
    clearInterval(beat);
    end();
  });
}

const toText = (event: string, data: string): string => `event: ${event}\ndata: ${data.replaceAll('\n', ' ')}\n\n`;
