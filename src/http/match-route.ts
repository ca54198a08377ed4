import type { Route, RouteRequest } from './route.ts';

/** Longer addresses are no address of ours. */
const MAXIMUM_ADDRESS = 2048;

/**
 * The route of an address and what it asks for; null if there is none.
 * @param address path and query as they stand in the request line
 */
export function matchRoute(
  routes: readonly Route[],
  address: string,
): { readonly route: Route; readonly request: RouteRequest } | null {
  if (address.length > MAXIMUM_ADDRESS || !address.startsWith('/')) return null;
  const [path = '', search, ...more] = address.split('?');
  if (more.length > 0) return null;
  for (const route of routes) {
    const params = matchPath(route.path, path);
    const query = params === null ? null : readQuery(route.query ?? [], search);
    if (params !== null && query !== null) return { route, request: { params, query } };
  }
  return null;
}

function matchPath(pattern: string, path: string): Record<string, string> | null {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [i, segment] of wanted.entries()) {
    const value = given[i] ?? '';
    if (!segment.startsWith(':')) {
      if (value !== segment) return null;
      continue;
    }
    const decoded = decode(value);
    if (decoded === null || decoded === '') return null;
    params[segment.slice(1)] = decoded;
  }
  return params;
}

function readQuery(names: readonly string[], search: string | undefined): Record<string, string> | null {
  const query: Record<string, string> = {};
  if (search === undefined) return query;
  for (const [name, value] of new URLSearchParams(search)) {
    if (!names.includes(name) || Object.hasOwn(query, name)) return null;
    query[name] = value;
  }
  return query;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null; // not an escape that stands for anything
  }
}
