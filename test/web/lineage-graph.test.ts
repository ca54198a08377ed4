import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { type ReadOnlyServer, startReadOnlyServer } from '../../src/http/read-only-server.ts';
import type { LineageLink, LineageNode, LineageView } from '../../src/web/auditor/lineage-view.ts';
import { layOutLineage } from '../../src/web/client/auditor/lineage-layout.ts';
import { reachOf } from '../../src/web/client/auditor/lineage-reach.ts';
import { memberAccount } from '../builders.ts';
import { describeInBrowser, shoot } from './browser.ts';
import { seriousFaults, sidewaysScroll } from './check-accessibility.ts';
import { componentRoutes } from './component-page.ts';

/** A study as large as those that the page must stay usable for: everybody mixes most of what the round before had. */
function study(members: number, rounds: number): LineageView {
  const random = createSeededRandom('lineage');
  const accounts = Array.from({ length: members }, (_, i) => memberAccount(i + 1));
  const nodes: LineageNode[] = [];
  const edges: LineageLink[] = [];
  for (let round = 0; round <= rounds; round++) {
    for (const [row, account] of accounts.entries()) {
      const place = nodes.length;
      // Somebody is away for a while, and a recipe is missing.
      if (row === members - 1 && round > rounds / 3 && round < rounds / 2) continue;
      const isUnknown = row === 2 && round === 3;
      nodes.push({
        row,
        round,
        account,
        entry: row === 1 && round === 2 ? null : place,
        isFinal: round === rounds,
        isUnknown,
      });
      if (round === 0 || isUnknown) continue;
      const before = nodes.slice(0, place).flatMap((node, i) => (node.round === round - 1 ? i : []));
      const weights = before.map((source) => (nodes[source]?.row === row ? 3 : random.integer(4)));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      edges.push(...before.map((source, i): LineageLink => [source, place, (weights[i] ?? 0) / total]));
    }
  }
  return { members: accounts, firstRound: 0, rounds, nodes, edges };
}

const SCRIPT = `
import { LineageGraph } from './auditor/lineage-graph.tsx';
import { Section } from './shell/frame.tsx';
import { mount } from './shell/mount.ts';
const VIEW = DATA;
mount(
  <Section id="lineage" title="Lineage">
    <LineageGraph view={VIEW} nameOf={(account) => 'Member ' + (VIEW.members.indexOf(account) + 1)} addressOf={({ account, round }) => '#/contributions/' + account + '/' + round} />
  </Section>,
);
`;

const SIZE = { members: 16, rounds: 50 };
const LARGE = study(SIZE.members, SIZE.rounds);

async function serve(view: LineageView): Promise<ReadOnlyServer> {
  const routes = await componentRoutes(SCRIPT.replace('DATA', JSON.stringify(view)));
  return startReadOnlyServer(routes, { host: '127.0.0.1', port: 0, token: null });
}

/** Where a contribution is drawn before anybody zooms. */
async function placeOf(page: Page, { members, rounds }: LineageView, row: number, round: number) {
  const box = await page.locator('canvas').boundingBox();
  if (box === null) throw new Error('there is no drawing');
  const layout = layOutLineage({ members, rounds, firstRound: 0, nodes: [], edges: [] }, box.width);
  return { x: box.x + layout.xOf(round), y: box.y + layout.yOf(row) };
}

async function drawn(page: Page, server: ReadOnlyServer): Promise<void> {
  await page.goto(server.url);
  await page.locator('canvas[style*="touch-action"]').waitFor();
}

/** Milliseconds between frames, of which one in ten is slower, while somebody drags a graph that is zoomed in a little. */
async function frameMilliseconds(page: Page): Promise<number> {
  const box = await page.locator('canvas').boundingBox();
  const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2];
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await page.mouse.move(x, y);
  await page.mouse.down();
  const frames = page.evaluate<number[]>(`new Promise((resolve) => {
    const times = [];
    const next = (time) => (times.push(time) < 90 ? requestAnimationFrame(next) : resolve(times));
    requestAnimationFrame(next);
  })`);
  const drag = { isDone: false };
  void frames.then(() => {
    drag.isDone = true;
  });
  for (let i = 0; !drag.isDone; i++) await page.mouse.move(x + 80 * Math.sin(i / 5), y + 30 * Math.cos(i / 5));
  await page.mouse.up();
  const times = await frames;
  const intervals = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  return intervals.toSorted((a, b) => a - b)[Math.floor(0.9 * intervals.length)] ?? 0;
}

describeInBrowser('the lineage graph of 16 members and 50 rounds', ({ open }) => {
  let server: ReadOnlyServer;
  beforeAll(async () => {
    server = await serve(LARGE);
  });
  afterAll(() => server.stop());

  test('shows the edges of what somebody points at, and opens its page', async () => {
    const { page, errors, close } = await open({ scheme: 'dark' });
    await drawn(page, server);
    const { x, y } = await placeOf(page, LARGE, 7, 20);
    await page.mouse.move(x, y);
    await page.locator('.lineage-card').waitFor();
    expect(await page.locator('.lineage-card strong').textContent()).toContain('round 20');
    await shoot(page, 'lineage-hover-dark');
    await page.mouse.move(x, y + 15);
    await page.locator('.lineage-card').waitFor({ state: 'detached' });
    await page.mouse.click(x, y);
    await page.waitForURL(`${server.url}/#/contributions/${memberAccount(8)}/20`);
    expect(errors).toEqual([]);
    await close();
  });

  test('can be walked, moved and zoomed with keys', async () => {
    const { page, errors, close } = await open();
    await drawn(page, server);
    await page.getByRole('application', { name: 'Lineage graph' }).focus();
    for (const key of ['Shift+ArrowRight', 'Shift+ArrowDown', 'Shift+ArrowRight']) await page.keyboard.press(key);
    await page.getByText(/round 1, entry \d+\. Made of .* \(\d+\.\d %\)/).waitFor();
    const canvas = page.locator('canvas');
    const touch = () => canvas.evaluate<string, { style: { touchAction: string } }>(({ style }) => style.touchAction);
    expect(await touch()).toBe('pan-y');
    for (const key of ['+', '+', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(key);
    expect(await touch()).toBe('none');
    await shoot(page, 'lineage-zoomed');
    await page.keyboard.press('Home');
    expect(await touch()).toBe('pan-y');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${server.url}/#/contributions/${memberAccount(2)}/1`);
    expect(errors).toEqual([]);
    await close();
  });

  test.each([1280, 390])('follows the work of a member, %i pixels wide', async (width) => {
    const { page, errors, close } = await open({ width });
    await drawn(page, server);
    await shoot(page, `lineage-${width}`);
    await page.getByLabel('Follow the work of').selectOption('4');
    const reached = reachOf(LARGE, new Set([4]));
    const count = LARGE.nodes.filter(({ isFinal }, place) => !isFinal && reached[place]).length;
    await page.getByText(`Its work went into ${count} of `).waitFor();
    await shoot(page, `lineage-reach-${width}`);
    await page.getByText('The same as a table').click();
    await page.getByRole('combobox', { name: /^Round/ }).selectOption('50');
    const table = page.getByRole('region', { name: 'Lineage of a round' });
    expect(await table.getByRole('row').count()).toBe(SIZE.members + 1);
    expect(await table.getByRole('link').first().getAttribute('href')).toBe(`#/contributions/${memberAccount(1)}/50`);
    await shoot(page, `lineage-table-${width}`);
    expect(await seriousFaults(page)).toEqual([]);
    expect(await sidewaysScroll(page)).toBe(0);
    expect(errors).toEqual([]);
    await close();
  });

  test('moves about as smoothly as a small one', async () => {
    const small = await serve(study(4, 5));
    const times: number[] = [];
    for (const each of [small, server]) {
      const { page, close } = await open();
      await drawn(page, each);
      times.push(await frameMilliseconds(page));
      await close();
    }
    await small.stop();
    process.stdout.write(
      `lineage graph: ${times.map((time) => time.toFixed(1)).join(' and ')} ms a frame, small and large\n`,
    );
    expect((times[1] ?? 0) / (times[0] ?? 1)).toBeLessThan(4);
  });
});
