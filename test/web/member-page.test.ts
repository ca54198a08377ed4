import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ReadOnlyServer, startReadOnlyServer } from '../../src/http/read-only-server.ts';
import { createSnapshotStream, type SnapshotStream } from '../../src/http/snapshot-stream.ts';
import type { MemberView } from '../../src/peer/member-view.ts';
import { readPageRoutes } from '../../src/web/web-bundle.ts';
import { statusOf, viewOf } from '../peer/member-view-builder.ts';
import { operationsOf } from '../peer/operations-of.ts';
import { describeInBrowser, type Opened, type OpenOptions, shoot } from './browser.ts';
import { seriousFaults } from './check-accessibility.ts';
import { busyView } from './member-views.ts';

const TOKEN = 'b'.repeat(64);
const HOSTILE = '<img src=x onerror="document.title=1"> & study';

/** A peer in a round of ten, of which nothing else is known. */
const inRound = (round: number): MemberView =>
  viewOf({ status: statusOf({ round }), round: { ...viewOf().round, round } });

describeInBrowser("a member's page", ({ open }) => {
  let server: ReadOnlyServer;
  let views: SnapshotStream;
  let view: MemberView;

  async function start(port = 0): Promise<void> {
    views = createSnapshotStream('view', () => view);
    const routes = operationsOf({ view: () => view, views });
    const options = { host: '127.0.0.1', port, token: TOKEN };
    server = await startReadOnlyServer([...routes, ...(await readPageRoutes('member'))], options);
  }
  async function visit(options: OpenOptions = {}): Promise<Opened> {
    const opened = await open(options);
    await opened.page.goto(`${server.url}/#token=${TOKEN}`);
    await opened.page.locator('#progress').waitFor();
    return opened;
  }
  const tell = (next: MemberView): void => {
    view = next;
    views.changed();
  };
  const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });

  beforeEach(async () => {
    view = inRound(3);
    await start();
  });
  afterEach(() => server.stop());

  test('follows the peer, and takes the token out of the address', async () => {
    const { page, errors, close } = await visit();
    await heading(page, 'Round 3').waitFor();
    expect(page.url()).toBe(`${server.url}/`);
    tell(inRound(4));
    await heading(page, 'Round 4').waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  test('shows names, titles, reasons and remedies as text', async () => {
    const busy = busyView();
    view = {
      ...busy,
      status: { ...busy.status, title: HOSTILE, engine: HOSTILE },
      members: busy.members.map((member) => ({ ...member, name: HOSTILE })),
      warnings: [{ code: 'notice/behind', severity: 'bad', remedy: HOSTILE }],
      outbox: {
        ...busy.outbox,
        items: [{ kind: 'contribution', round: 1, state: 'refused', sequence: null, reason: HOSTILE }],
      },
    };
    const { page, errors, close } = await visit();
    expect(await page.locator('h1').textContent()).toBe(HOSTILE);
    expect(await page.locator('#members tbody th').first().textContent()).toBe(HOSTILE);
    expect(await page.locator('.reason').textContent()).toBe(HOSTILE);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).toContain(HOSTILE);
    expect(errors).toEqual([]);
    await close();
  });

  test.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('shows all of a busy peer at %i pixels, %s', async (width, scheme) => {
    view = busyView();
    const { page, errors, close } = await visit({ width, scheme });
    const step = page.locator('[aria-current=step]').first();
    expect(await step.textContent()).toContain('1 of 3 others have announced');
    expect(await page.getByRole('meter', { name: 'Rounds done' }).getAttribute('aria-valuenow')).toBe('7');
    expect(await page.getByRole('meter', { name: 'Privacy budget spent' }).getAttribute('aria-valuetext')).toContain(
      '5.13 of 8.00',
    );
    for (const each of ['Charité', 'St. Mary', '0.1824 nats', 'Worth knowing', '93.2 %']) {
      expect(await page.getByText(each).count()).toBeGreaterThan(0);
    }
    await page.getByLabel('the test part that all members share').check();
    expect(await page.getByRole('img', { name: /the test part that all members share/ }).count()).toBe(3);
    // Nothing but what scrolls by itself is wider than the page.
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await shoot(page, `member-busy-${width}-${scheme}`);
    expect(await seriousFaults(page)).toEqual([]);
    expect(errors).toEqual([]);
    await close();
  });

  test('has the figures of every curve in a table', async () => {
    view = busyView();
    const { page, close } = await visit();
    const figures = page.locator('#learning figure').first();
    await figures.getByText('Figures').click();
    const rows = await figures.locator('tbody tr').allTextContents();
    expect(rows).toHaveLength(8);
    const { rounds, alone } = view.learning;
    expect(rows[5]).toBe(`5${rounds[5]?.heldOut.loss.toFixed(3)}${alone.points[5]?.heldOut.loss.toFixed(3)}`);
    expect(rows[7]).toBe(`7${rounds[7]?.heldOut.loss.toFixed(3)}–`);
    await close();
  });

  test('says what comes, before the first round', async () => {
    const status = statusOf({ phase: 'joining', round: null, connected: [], participants: 1 });
    view = viewOf({ status, members: [], round: { ...viewOf().round, round: null } });
    const { page, close } = await visit({ width: 390 });
    await heading(page, 'Before the first round').waitFor();
    for (const text of ['Nobody has joined yet', 'The curves begin', 'Scores come with', 'has not signed a record']) {
      expect(await page.getByText(text).count()).toBe(1);
    }
    await shoot(page, 'member-before');
    expect(await seriousFaults(page)).toEqual([]);
    await close();
  });

  test('keeps what it knew while the peer is gone, says since when, and goes on when it is back', async () => {
    view = busyView();
    const { page, close } = await visit();
    const port = Number(new URL(server.url).port);
    await server.stop();
    await page.getByText(/^Not connected since \d/).waitFor();
    await heading(page, 'Round 7').waitFor();
    expect(await page.getByText('Worth knowing').count()).toBe(0); // a warning of then may be wrong by now
    await shoot(page, 'member-disconnected');
    expect(await seriousFaults(page)).toEqual([]);
    view = inRound(8);
    await start(port);
    // The page tries by itself every few seconds, and then there is nothing to click any more.
    const isBack = heading(page, 'Round 8').waitFor();
    await Promise.any([page.getByRole('button', { name: 'Try now' }).click(), isBack]);
    await isBack;
    expect(await page.getByText('Not connected since').count()).toBe(0);
    await close();
  });

  test('draws no traffic where there was none, and tells seconds before now with a minus sign', async () => {
    const quiet = busyView().traffic.recent.map((step) => ({ ...step, inPerSecond: 0, outPerSecond: 0 }));
    view = busyView();
    const { page, close } = await visit();
    const traffic = page.locator('#traffic');
    await expect.poll(() => traffic.locator('.axis-bottom text').allTextContents()).toContain('−200');
    tell(busyView({ traffic: { ...view.traffic, recent: quiet } }));
    await traffic.getByText('Nothing came in or went out in the last minutes.').waitFor();
    expect(await traffic.locator('svg').count()).toBe(0);
    await close();
  });

  test('does not take the end of a study for a fault', async () => {
    const { page, close } = await visit();
    const members = viewOf().members.map((member) => ({ ...member, heardRound: 10, ledgerRound: 10 }));
    const gone = members.map((member, i) => (i === 0 ? member : { ...member, connection: 'closed' as const }));
    const status = statusOf({ phase: 'finished', round: 10, connected: [] });
    tell(viewOf({ status, members: gone, round: { ...viewOf().round, round: 10 } }));
    views.stop();
    await heading(page, 'The study is finished').waitFor();
    await server.stop();
    await page.getByText('the peer has ended').waitFor();
    expect(await page.getByText(/not connected/i).count()).toBe(0);
    expect(await page.getByText('has finished').count()).toBe(3);
    await shoot(page, 'member-finished');
    expect(await seriousFaults(page)).toEqual([]);
    await start();
    await close();
  });

  test('asks for its token, and again if it is the wrong one', async () => {
    const { page, close } = await open({ width: 390 });
    await page.goto(server.url);
    await heading(page, 'This page needs its token').waitFor();
    await page.getByLabel('Token').fill('wrong');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('does not know this token').waitFor();
    await shoot(page, 'member-token');
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByLabel('Token').fill(TOKEN);
    await page.getByRole('button', { name: 'Open' }).click();
    await heading(page, 'Round 3').waitFor();
    expect(await page.getByLabel('Token').count()).toBe(0);
    await close();
  });

  test('says that it is loading, and what is wrong when nothing comes', async () => {
    const { page, close } = await open();
    const asked = Promise.withResolvers<void>();
    await page.route('**/api/events', async (route) => {
      await asked.promise;
      await route.fulfill({ status: 503, body: 'too many pages are open; close one' });
    });
    await page.goto(`${server.url}/#token=${TOKEN}`);
    await page.getByText("Loading the peer's state").waitFor();
    asked.resolve();
    await page.getByText('too many pages are open; close one').waitFor();
    expect(await heading(page, 'Round 3').count()).toBe(0);
    await page.unroute('**/api/events');
    await heading(page, 'Round 3').waitFor();
    await close();
  });
});
