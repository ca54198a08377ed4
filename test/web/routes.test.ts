import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ReadOnlyServer, startReadOnlyServer } from '../../src/http/read-only-server.ts';
import { jsonReply, type Route } from '../../src/http/route.ts';
import { auditorRoutes } from '../../src/web/auditor/routes.ts';
import { shelfOfOne } from '../../src/web/auditor/shelves.ts';
import { PAGE_NAMES } from '../../src/web/page-name.ts';
import { readPageRoutes } from '../../src/web/web-bundle.ts';
import { authorisationFor } from '../http/authorisation-for.ts';
import { operationsOf } from '../peer/operations-of.ts';
import { type OpenedSynthetic, openSyntheticStudy } from './open-synthetic-study.ts';

const TOKEN = 'c'.repeat(64);
const BROUGHT = ['none', 'wrong', 'right'] as const;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY'] as const;

/** What whoever reaches the port may see without a token: nothing of a member or a study. */
const OPEN = /^\/(healthz|metrics|api\/proof|assets\/.+)?$/;

let opened: OpenedSynthetic;
beforeAll(async () => {
  opened = await openSyntheticStudy('a study');
  await opened.study.checked;
});
afterAll(() => opened.close());

/** Every route of every page, as the table of its server has it. */
async function allRoutes(): Promise<Route[]> {
  const pages = await Promise.all(PAGE_NAMES.map((page) => readPageRoutes(page)));
  return [...operationsOf(), ...auditorRoutes(shelfOfOne(opened.study)), ...pages.flat()];
}

/** An address that a route answers to. */
function addressOf({ path, query = [] }: Route): string {
  const member = opened.study.view().members[0]?.account ?? '';
  const params: Readonly<Record<string, string>> = { study: opened.study.study, member, round: '1' };
  const nonce = query.includes('nonce') ? `?nonce=${'0'.repeat(64)}` : '';
  return path.replaceAll(/:(\w+)/g, (_, name: string) => params[name] ?? 'unknown-parameter') + nonce;
}

function ask(url: string, method: string, authorization: string | undefined): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const sent = request(url, { method, headers: authorization === undefined ? {} : { authorization } }, (response) => {
    resolve(response.statusCode ?? 0);
    response.destroy();
  });
  sent.on('error', reject);
  sent.end();
  return promise;
}

/** A proof of the token for the route's address, or for another one. */
async function bring(
  server: ReadOnlyServer,
  route: Route,
  what: (typeof BROUGHT)[number],
): Promise<string | undefined> {
  if (what === 'none') return undefined;
  return authorisationFor(server, what === 'right' ? addressOf(route) : '/elsewhere', TOKEN);
}

/** Every answer that is not as the rules have it. */
async function walk(server: ReadOnlyServer): Promise<string[]> {
  const faults: string[] = [];
  for (const route of server.routes) {
    const isOpen = OPEN.test(route.path);
    for (const name of BROUGHT) {
      for (const method of METHODS) {
        const code = await ask(`${server.url}${addressOf(route)}`, method, await bring(server, route, name));
        const reads = method === 'GET' || method === 'HEAD';
        const mayRead = isOpen || name === 'right';
        const isRight = code === (reads ? (mayRead ? 200 : 401) : 405);
        if (!isRight) faults.push(`${method} ${route.path} with ${name} proof: ${code}`);
      }
    }
  }
  return faults;
}

describe('every route', () => {
  test('reads only, and but for health, metrics and the files of the pages only with the right token', async () => {
    const routes = await allRoutes();
    expect(routes.length).toBeGreaterThan(12);
    const before = createHash('sha256')
      .update(await readFile(opened.path))
      .digest('hex');
    const server = await startReadOnlyServer(routes, { host: '127.0.0.1', port: 0, token: TOKEN });
    expect(await walk(server)).toEqual([]);
    await server.stop();
    expect(
      createHash('sha256')
        .update(await readFile(opened.path))
        .digest('hex'),
    ).toBe(before);
  });

  test('is walked with the parameters that it has', async () => {
    expect((await allRoutes()).map(addressOf).filter((address) => address.includes('unknown-parameter'))).toEqual([]);
  });

  test('that was left open by mistake would be found', async () => {
    const routes: Route[] = [{ path: '/api/secret', access: 'open', answer: () => jsonReply('secret') }];
    const server = await startReadOnlyServer(routes, { host: '127.0.0.1', port: 0, token: TOKEN });
    expect(await walk(server)).toEqual(
      expect.arrayContaining(['GET /api/secret with none proof: 200', 'GET /api/secret with wrong proof: 200']),
    );
    await server.stop();
  });
});
