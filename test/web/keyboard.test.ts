import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ReadOnlyServer, startReadOnlyServer } from '../../src/http/read-only-server.ts';
import { auditorRoutes } from '../../src/web/auditor/routes.ts';
import { shelfOfOne } from '../../src/web/auditor/shelves.ts';
import { readPageRoutes } from '../../src/web/web-bundle.ts';
import { operationsOf } from '../peer/operations-of.ts';
import { describeInBrowser, type Opened, settled } from './browser.ts';
import { busyView } from './member-views.ts';
import { type OpenedSynthetic, openSyntheticStudy } from './open-synthetic-study.ts';

const TOKEN = '7'.repeat(64);
const STUDY_PAGES = ['overview', 'participation', 'ledger', 'values', 'metrics', 'lineage', 'findings'];
/** More than any page has. */
const MOST_STOPS = 600;

interface Stop {
  readonly name: string;
  /** Place in the document. */
  readonly order: number;
  /** Has an outline, and is where the reader sees it. */
  readonly isSeen: boolean;
}

/** What has the focus; null for the page as a whole. */
const focused = (page: Page): Promise<Stop | null> =>
  page.evaluate(`(() => {
    const element = document.activeElement;
    if (element === null || element === document.body || element === document.documentElement) return null;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const { top, bottom, left, right, width, height } = element.getBoundingClientRect();
    const isInView = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth && width > 0 && height > 0;
    return {
      name: element.tagName + ' ' + (element.getAttribute('aria-label') ?? element.textContent).slice(0, 60),
      order: [...document.querySelectorAll('*')].indexOf(element),
      isSeen: isInView && outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
    };
  })()`);

/** All that can be reached with the tabulator, in that order, until the focus leaves the page or is where it was. */
async function walk(page: Page): Promise<Stop[]> {
  const stops: Stop[] = [];
  for (let i = 0; i < MOST_STOPS; i++) {
    await page.keyboard.press('Tab');
    const stop = await focused(page);
    if (stop === null || stop.order === stops[0]?.order) return stops;
    stops.push(stop);
  }
  throw new Error(`the focus does not leave the page; last at ${stops.at(-1)?.name}`);
}

/** What somebody with a mouse can use and the walk did not come to. */
async function missed(page: Page, stops: readonly Stop[]): Promise<string[]> {
  const usable =
    (await page.evaluate(`[...document.querySelectorAll('a[href], button:not(:disabled), input, select, textarea, summary, [onclick], [role=button], [role=tab]')]
    .filter((element) => element.checkVisibility() && !(element.type === 'radio' && !element.checked))
    .map((element) => [[...document.querySelectorAll('*')].indexOf(element), element.outerHTML.slice(0, 100)])`)) as [
      number,
      string,
    ][];
  const reached = new Set(stops.map(({ order }) => order));
  return usable.filter(([order]) => !reached.has(order)).map(([, html]) => html);
}

describeInBrowser('a reader without a mouse', ({ open }) => {
  let opened: OpenedSynthetic;
  let auditor: ReadOnlyServer;
  let member: ReadOnlyServer;
  beforeAll(async () => {
    opened = await openSyntheticStudy('a study');
    await opened.study.checked;
    const loopback = { host: '127.0.0.1', port: 0 };
    const routes = [...auditorRoutes(shelfOfOne(opened.study)), ...(await readPageRoutes('auditor'))];
    auditor = await startReadOnlyServer(routes, { ...loopback, token: null });
    const views = {
      subscribe(send: (event: string, data: string) => void) {
        send('view', JSON.stringify(busyView()));
        return () => {};
      },
    };
    member = await startReadOnlyServer([...operationsOf({ views }), ...(await readPageRoutes('member'))], {
      ...loopback,
      token: TOKEN,
    });
  });
  afterAll(async () => {
    await Promise.all([auditor.stop(), member.stop()]);
    await opened.close();
  });

  async function visit(address: string, width = 1280): Promise<Opened> {
    const each = await open({ width });
    await each.page.goto(address);
    await settled(each.page);
    // Moving to a place within the page puts the focus on its content; the walk begins at the top.
    await each.page.evaluate('document.activeElement?.blur(); getSelection()?.removeAllRanges()');
    return each;
  }

  async function expectReachable({ page }: Opened): Promise<void> {
    const stops = await walk(page);
    expect(stops[0]?.name).toBe('A To the content');
    expect(stops.filter(({ isSeen }) => !isSeen).map(({ name }) => name)).toEqual([]);
    expect(stops.map(({ order }) => order)).toEqual(stops.map(({ order }) => order).toSorted((a, b) => a - b));
    expect(await missed(page, stops)).toEqual([]);
    expect(stops.length).toBeGreaterThan(3);
  }

  test.each([1280, 390])(
    "sees where the focus is on a member's page and comes to all of it, %i pixels",
    async (width) => {
      const each = await visit(`${member.url}/#token=${TOKEN}`, width);
      await expectReachable(each);
      await each.close();
    },
  );

  test.each(['', ...STUDY_PAGES.map((name) => `study/STUDY/${name}`), 'study/STUDY/contribution/MEMBER/1', 'verify'])(
    "sees where the focus is on an auditor's page and comes to all of it: /%s",
    async (place) => {
      const account = opened.study.view().members[1]?.account ?? '';
      const address = place.replace('STUDY', opened.study.study).replace('MEMBER', account);
      const each = await visit(`${auditor.url}/#/${address}`);
      await expectReachable(each);
      await each.close();
    },
  );

  test('skips to the content, and goes on from there', async () => {
    const { page, close } = await visit(`${auditor.url}/#/study/${opened.study.study}/participation`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(`document.activeElement.closest('main') !== null`)).toBe(true);
    await close();
  });

  test('goes from page to page, and is at the top of the new one', async () => {
    const { page, close } = await visit(`${auditor.url}/#/study/${opened.study.study}/overview`);
    await page.getByRole('link', { name: 'Findings', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Findings' }).waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    expect(await page.evaluate('scrollY')).toBe(0);
    await close();
  });

  test('(control) would not come to what only a mouse can use, nor see a focus without an outline', async () => {
    const { page, close } = await visit(`${member.url}/#token=${TOKEN}`);
    await page.evaluate(`(() => {
      document.querySelector('.page-head button').style.outline = 'none';
      document.querySelector('#members').append(Object.assign(document.createElement('div'), { textContent: 'press', role: 'button' }));
    })()`);
    const stops = await walk(page);
    expect(stops.filter(({ isSeen }) => !isSeen).map(({ name }) => name)).toEqual([expect.stringContaining('Colours')]);
    expect(await missed(page, stops)).toEqual([expect.stringContaining('press')]);
    await close();
  });
});
