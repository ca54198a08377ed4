import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { type ReadOnlyServer, startReadOnlyServer } from '../../src/http/read-only-server.ts';
import type { Route } from '../../src/http/route.ts';
import { auditorRoutes } from '../../src/web/auditor/routes.ts';
import { shelfOfOne } from '../../src/web/auditor/shelves.ts';
import { PAGE_NAMES, type PageName } from '../../src/web/page-name.ts';
import { readPageRoutes, WEB_BUNDLE_FOLDER } from '../../src/web/web-bundle.ts';
import { operationsOf } from '../peer/operations-of.ts';
import { describeInBrowser } from './browser.ts';
import { busyView } from './member-views.ts';
import { type OpenedSynthetic, openSyntheticStudy } from './open-synthetic-study.ts';

const CLIENT = fileURLToPath(new URL('../../src/web/client', import.meta.url));
const TOKEN = 'e'.repeat(64);
/** Of a page with all that it fetches by itself, data and the verifier that is fetched ahead among them; as the bytes go over the wire. */
const BUDGET_BYTES = 400_000;
/** How long nothing is fetched before a page counts as loaded: the verifier comes when the page is idle. */
const QUIET_MILLISECONDS = 2_000;

interface Loaded {
  readonly bytes: number;
  readonly addresses: readonly string[];
}

async function load(page: Page, address: string): Promise<Loaded> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  let [bytes, last] = [0, systemClock.now()];
  const addresses: string[] = [];
  session.on('Network.requestWillBeSent', ({ request }) => void addresses.push(request.url));
  session.on('Network.dataReceived', () => {
    last = systemClock.now();
  });
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await page.goto(address);
  await page.locator('main section').first().waitFor();
  await expect.poll(() => systemClock.now() - last).toBeGreaterThan(QUIET_MILLISECONDS);
  return { bytes, addresses };
}

describeInBrowser('the first load', ({ open }) => {
  let opened: OpenedSynthetic;
  let server: ReadOnlyServer;
  beforeAll(async () => {
    opened = await openSyntheticStudy('a study');
    await opened.study.checked;
  });
  afterAll(() => opened.close());

  const dataOf = (name: PageName): Route[] =>
    // A stream does not end, so its bytes would never be counted as loaded; the member's state comes to its end here.
    name === 'member'
      ? operationsOf({
          views: {
            subscribe(send) {
              send('view', JSON.stringify(busyView()));
              return () => {};
            },
          },
        })
      : auditorRoutes(shelfOfOne(opened.study));

  test.each(PAGE_NAMES)(
    'of the %s page is small, comes compressed, and comes from its own server alone',
    async (name) => {
      server = await startReadOnlyServer([...dataOf(name), ...(await readPageRoutes(name))], {
        host: '127.0.0.1',
        port: 0,
        token: TOKEN,
      });
      const { page, close } = await open();
      const start = name === 'member' ? '' : `#/study/${opened.study.study}`;
      // The token is taken from the first address; what counts is a load with an empty cache after that.
      await page.goto(`${server.url}/#token=${TOKEN}`);
      await page.locator('main section').first().waitFor();
      await page.goto('about:blank');
      const session = await page.context().newCDPSession(page);
      await session.send('Network.clearBrowserCache');
      const { bytes, addresses } = await load(page, `${server.url}/${start}`);
      process.stdout.write(
        `first load, ${name} page: ${(bytes / 1000).toFixed(1)} kB in ${addresses.length} requests\n`,
      );
      expect(
        addresses.filter((address) => !address.startsWith(`${server.url}/`) && !/^(data|blob):/.test(address)),
      ).toEqual([]);
      expect(addresses.filter((address) => address.includes('/assets/')).length).toBeGreaterThan(2);
      expect(bytes).toBeGreaterThan(30_000);
      expect(bytes).toBeLessThanOrEqual(BUDGET_BYTES);
      await close();
      await server.stop();
    },
  );
});

describe('the bundle', () => {
  const files = readdirSync(WEB_BUNDLE_FOLDER).map(
    (name) => [name, readFileSync(join(WEB_BUNDLE_FOLDER, name))] as const,
  );

  test('of the report is small, without the data of its study', () => {
    const bytes = files
      .filter(([name]) => name.startsWith('report.'))
      .reduce((sum, [, content]) => sum + gzipSync(content).length, 0);
    process.stdout.write(`report, without data: ${(bytes / 1000).toFixed(1)} kB compressed\n`);
    expect(bytes).toBeGreaterThan(30_000);
    expect(bytes).toBeLessThanOrEqual(BUDGET_BYTES);
  });

  test('names no other server, but for names of formats and a page about an error', () => {
    const names = /^https?:\/\/(www\.w3\.org\/|json-schema\.org\/|github\.com\/ethers-io\/ethers\.js\/issues\/)/;
    const found = files.flatMap(([name, content]) =>
      [...content.toString('utf8').matchAll(/\b(?:https?|wss?):\/\/\w[^\s"'`<>)\\]+/g)].map(
        ([address]) => `${name}: ${address}`,
      ),
    );
    expect(found.filter((each) => !names.test(each.slice(each.indexOf(': ') + 2)))).toEqual([]);
    expect(found.length).toBeGreaterThan(0);
  });

  test('comes from sources that make no markup of text', () => {
    const sources = readdirSync(CLIENT, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
    const makes =
      /dangerouslySetInnerHTML|\b(inner|outer)HTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function/;
    const code = (name: string): string =>
      readFileSync(join(CLIENT, name), 'utf8').replaceAll(/\/\/.*|\/\*[^]*?\*\//g, '');
    expect(sources.filter((name) => makes.test(code(name)))).toEqual([]);
    expect(sources.length).toBeGreaterThan(30);
  });
});
