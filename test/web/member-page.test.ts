import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMetrics } from '../../src/base/metrics.ts';
import { type ReadOnlyServer, startReadOnlyServer } from '../../src/http/read-only-server.ts';
import { createSnapshotStream, type SnapshotStream } from '../../src/http/snapshot-stream.ts';
import type { MemberView } from '../../src/peer/member-view.ts';
import { operationsRoutes } from '../../src/peer/operations-routes.ts';
import { readPageRoutes } from '../../src/web/web-bundle.ts';
import { viewOf as memberView, statusOf } from '../peer/member-view-builder.ts';
import { describeInBrowser, shoot } from './browser.ts';

const TOKEN = 'b'.repeat(64);
const HOSTILE_TITLE = '<img src=x onerror="document.title=1"> & study';

const viewOf = (round: number): MemberView => memberView({ status: statusOf({ round, title: HOSTILE_TITLE }) });

describeInBrowser("a member's page", ({ open }) => {
  let server: ReadOnlyServer;
  let views: SnapshotStream;
  let view: MemberView;

  async function start(port = 0): Promise<void> {
    views = createSnapshotStream('view', () => view);
    const metrics = createMetrics();
    const routes = operationsRoutes({ metrics, status: () => view.status, view: () => view, views });
    server = await startReadOnlyServer([...routes, ...(await readPageRoutes('member'))], {
      host: '127.0.0.1',
      port,
      token: TOKEN,
    });
  }

  beforeEach(async () => {
    view = viewOf(3);
    await start();
  });
  afterEach(() => server.stop());

  test('follows the peer, with its texts as texts, and takes the token out of the address', async () => {
    const { page, errors, close } = await open();
    await page.goto(`${server.url}/#token=${TOKEN}`);
    await page.getByText('round 3 of 10').waitFor();
    expect(await page.locator('h1').textContent()).toBe(HOSTILE_TITLE);
    expect(page.url()).toBe(`${server.url}/`);
    view = viewOf(4);
    views.changed();
    await page.getByText('round 4 of 10').waitFor();
    await shoot(page, 'member-first');
    expect(errors).toEqual([]);
    await close();
  });

  test('keeps what it knew while the peer is gone, and goes on when it is back', async () => {
    const { page, close } = await open();
    await page.goto(`${server.url}/#token=${TOKEN}`);
    await page.getByText('round 3 of 10').waitFor();
    const port = Number(new URL(server.url).port);
    await server.stop();
    await page.getByText('not connected since').waitFor();
    expect(await page.getByText('round 3 of 10').isVisible()).toBe(true);
    view = viewOf(5);
    await start(port);
    await page.getByText('round 5 of 10').waitFor();
    await close();
  });

  test('asks for its token', async () => {
    const { page, close } = await open({ width: 390 });
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'This page needs its token' }).waitFor();
    await shoot(page, 'member-token');
    await page.getByLabel('Token').fill(TOKEN);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('round 3 of 10').waitFor();
    expect(await page.getByLabel('Token').count()).toBe(0);
    await close();
  });
});
