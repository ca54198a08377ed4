import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { type Access, type Reply, refusal } from './route.ts';
import type { TokenDoor } from './token-door.ts';

/**
 * What is wrong with a request before anybody looks at its address: a method that could change something, a name that is not ours
 * (a page elsewhere that resolves its own name to this address sends that name), or a page elsewhere that asks.
 * @returns null if nothing is
 */
export function refuseRequest(request: IncomingMessage): Reply | null {
  const { method, headers } = request;
  if (method !== 'GET' && method !== 'HEAD') return refusal(405, 'only GET and HEAD');
  if (!isOwnHost(request)) return refusal(421, 'ask for this server by its address');
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) {
    return refusal(403, 'other pages may not read this');
  }
  // Browsers say where a request comes from; following a link from elsewhere is allowed, embedding and fetching are not.
  const site = headers['sec-fetch-site'];
  const isVisit = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if ((site === 'cross-site' || site === 'same-site') && !isVisit) {
    return refusal(403, 'other pages may not read this');
  }
  return null;
}

const HOST = /^(?:\[(?<six>[0-9a-f:.]+)\]|(?<name>[a-z0-9.]+))(?::\d{1,5})?$/i;

/**
 * An address, whichever it is: who asks for an address by number means the machine that has it, and a forwarded port has another one
 * than ours. Of names only `localhost`, which no name server can point elsewhere.
 */
function isOwnHost({ headersDistinct }: IncomingMessage): boolean {
  const [host = '', ...more] = headersDistinct['host'] ?? [];
  const { six, name = '' } = HOST.exec(host)?.groups ?? {};
  if (more.length > 0) return false;
  return six === undefined ? name.toLowerCase() === 'localhost' || isIP(name) === 4 : isIP(six) === 6;
}

/**
 * @param door null where every route is open
 * @returns null if the request may have what the route gives
 */
export function refuseAccess(
  { headers, url = '' }: IncomingMessage,
  access: Access,
  door: TokenDoor | null,
): Reply | null {
  if (access === 'open' || door === null) return null;
  return door.admits(headers.authorization ?? '', url) ? null : refusal(401, 'a token is needed');
}
