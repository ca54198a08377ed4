import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchRoute } from '../../src/http/match-route.ts';
import type { Route } from '../../src/http/route.ts';

const route = (path: string, query?: readonly string[]): Route => ({
  path,
  access: 'open',
  ...(query === undefined ? {} : { query }),
  answer: () => ({ code: 200, type: 'text/plain', body: path }),
});
const ROUTES = [route('/'), route('/plain'), route('/of/:name', ['page', 'text']), route('/of/:name/:round')];

function found(address: string): object | null {
  const matched = matchRoute(ROUTES, address);
  return matched === null ? null : { path: matched.route.path, ...matched.request };
}

describe('an address', () => {
  test.each([
    ['/', { path: '/', params: {}, query: {} }],
    ['/plain', { path: '/plain', params: {}, query: {} }],
    ['/plain?', { path: '/plain', params: {}, query: {} }],
    ['/of/a', { path: '/of/:name', params: { name: 'a' }, query: {} }],
    ['/of/a?page=2&text=b%20c+d', { path: '/of/:name', params: { name: 'a' }, query: { page: '2', text: 'b c d' } }],
    ['/of/%C3%A4/7', { path: '/of/:name/:round', params: { name: 'ä', round: '7' }, query: {} }],
  ])('%s leads to its route', (address, expected) => {
    expect(found(address)).toEqual(expected);
  });

  test.each([
    ['no beginning', 'plain'],
    ['a whole address', 'http://127.0.0.1/plain'],
    ['another host', '//evil.example/plain'],
    ['an asterisk', '*'],
    ['nothing', ''],
    ['more behind it', '/plain/'],
    ['an empty part', '/of//7'],
    ['another case', '/PLAIN'],
    ['a name that is escaped', '/%70lain'],
    ['a step back', '/of/../../plain'],
    ['a step back, escaped', '/of/%2e%2e/%2e%2e/plain'],
    ['backslashes', '/of\\a'],
    ['half an escape', '/of/%'],
    ['bytes that are no text', '/of/%ff'],
    ['a query that is not known', '/plain?token=1'],
    ['a query of another route', '/plain?page=1'],
    ['a query twice', '/of/a?page=1&page=2'],
    ['a property of every object', '/of/a?__proto__=1'],
    ['two beginnings of a query', '/of/a?page=1?text=2'],
    ['too much', `/of/${'a'.repeat(2050)}`],
  ])('with %s leads nowhere', (_what, address) => {
    expect(found(address)).toBeNull();
  });

  test.each([
    ['..', '..'],
    ['%2e%2e%2f%2e%2e%2fetc%2fpasswd', '../../etc/passwd'],
    ['%252e%252e%252f', '%2e%2e%2f'],
    ['%00', '\0'],
    ['e%CC%81', 'e\u0301'],
  ])('with %s is one part, decoded once, that its route has to judge', (part, name) => {
    expect(found(`/of/${part}`)).toEqual({ path: '/of/:name', params: { name }, query: {} });
  });

  test('never throws, never leaves the parts it was given, and never touches what all objects share', () => {
    const piece = fc.oneof(
      fc.constantFrom('/', '..', '%2e', '%2f', '?', '&', '=', 'of', 'page', '__proto__', 'constructor', '%', '\0'),
      fc.string({ maxLength: 4, unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const matched = matchRoute(ROUTES, `/${pieces.join('')}`);
        if (matched === null) return;
        const { params, query } = matched.request;
        expect(Object.keys(params).every((name) => matched.route.path.includes(`:${name}`))).toBe(true);
        expect(Object.keys(query).every((name) => matched.route.query?.includes(name))).toBe(true);
        expect(Object.getPrototypeOf(query)).toBe(Object.prototype);
      }),
      { numRuns: 20_000, seed: 7 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
