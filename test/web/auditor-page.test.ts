import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ListedEntry } from '../../src/audit/list-entries.ts';
import { WHY_RANKS_DIFFER } from '../../src/audit/why-ranks-differ.ts';
import { systemClock } from '../../src/base/clock.ts';
import { type ReadOnlyServer, startReadOnlyServer } from '../../src/http/read-only-server.ts';
import { type EntryQuery, queryEntries } from '../../src/web/auditor/query-entries.ts';
import { auditorRoutes } from '../../src/web/auditor/routes.ts';
import { shelfOfLedger, shelfOfOne } from '../../src/web/auditor/shelves.ts';
import { milliNats } from '../../src/web/client/shell/format.ts';
import { readPageRoutes } from '../../src/web/web-bundle.ts';
import { describeInBrowser, settled, shoot } from './browser.ts';
import { seriousFaults, sidewaysScroll } from './check-accessibility.ts';
import { ledgerAt } from './ledger-at.ts';
import { type OpenedSynthetic, openSyntheticStudy } from './open-synthetic-study.ts';

const HOSTILE_TITLE = '<img src=x onerror="document.title=1"><script>alert(1)</script> & \u202Estudy';
const LOOPBACK = { host: '127.0.0.1', port: 0, token: null };

describeInBrowser("an auditor's page", ({ open }) => {
  let opened: OpenedSynthetic;
  let server: ReadOnlyServer;
  let base: string;
  let member: string;

  beforeAll(async () => {
    opened = await openSyntheticStudy(HOSTILE_TITLE);
    await opened.study.checked;
    member = opened.study.view().members[1]?.account ?? '';
    const routes = [...auditorRoutes(shelfOfOne(opened.study)), ...(await readPageRoutes('auditor'))];
    server = await startReadOnlyServer(routes, LOOPBACK);
    base = `${server.url}/#/study/${opened.study.study}`;
  });
  afterAll(async () => {
    await server.stop();
    await opened.close();
  });

  test('leads from the studies to a contribution and on to what it was trained from, and back', async () => {
    const { page, errors, close } = await open();
    await page.goto(server.url);
    await page.getByRole('link', { name: HOSTILE_TITLE }).click();
    await page.getByText('No finding').waitFor();
    expect(await page.locator('h1').textContent()).toBe(HOSTILE_TITLE);
    await page.getByRole('link', { name: 'Participation' }).click();
    await page.getByRole('link', { name: 'Member 2, round 1: contributed' }).click();
    await page.getByText('Signed by Member 2.').waitFor();
    await page.getByText('level 2').waitFor();
    const sources = page.getByRole('region', { name: 'Sources of its base' });
    await sources.getByRole('link').first().click();
    await page.getByText('the initial model, the same for all').waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'in round 1' }).waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  test('says beside the ranks why their order can be another than that of the scores', async () => {
    const { page, close } = await open();
    await page.goto(`${base}/overview`);
    const members = page.locator('#members');
    await members.getByRole('columnheader', { name: 'Rank' }).waitFor();
    expect(await members.locator('.note').textContent()).toContain(WHY_RANKS_DIFFER);
    await close();
  });

  test('finds entries by account, digest, kind and round, and takes patterns for text', async () => {
    const { page, close } = await open();
    await page.goto(`${base}/ledger`);
    const found = async (text: string): Promise<string> => {
      await page.getByLabel('Search').fill(text);
      await page.getByText(/^\d+ entr(y|ies)/).waitFor();
      await page.waitForTimeout(150);
      return (await page.getByText(/^\d+ entr(y|ies)/).textContent()) ?? '';
    };
    const log = opened.synthetic.evidence.log;
    expect(await found('')).toMatch(`${log.length} entries`);
    const own = log.filter(({ record }) => JSON.stringify(record).includes(`"${member}"`));
    expect(await found(member.slice(0, 12))).toMatch(`${own.length} entries`);
    const contribution = log.find(({ kind }) => kind === 'contribution');
    const update = contribution?.kind === 'contribution' ? contribution.record.update : '0x';
    expect(await found(update.slice(0, 20))).toMatch('1 entry');
    expect(await found(`contribution ${member} 1`)).toMatch('1 entry');
    expect(await found('.*')).toMatch('0 entries');
    expect(await found('__proto__')).toMatch('0 entries');
    await page.goto(`${base}/ledger/entry%3A3`);
    await page.getByText('1 entry').waitFor();
    await close();
  });

  test.each([
    [1280, 'light'],
    [390, 'dark'],
  ] as const)('has no serious fault for assistive technology and fits %i pixels, %s', async (width, scheme) => {
    const { page, errors, close } = await open({ width, scheme });
    const pages = ['overview', 'participation', 'ledger', 'values', 'metrics', 'lineage', 'findings'];
    const addresses = [
      `${server.url}/#/`,
      ...pages.map((each) => `${base}/${each}`),
      `${base}/contribution/${member}/1`,
    ];
    for (const [i, address] of addresses.entries()) {
      await page.goto(address);
      await settled(page);
      const faults = { address, serious: await seriousFaults(page), sideways: await sidewaysScroll(page) };
      expect(faults).toEqual({ address, serious: [], sideways: 0 });
      await shoot(page, `auditor-${['studies', ...pages, 'contribution'][i]}-${width}-${scheme}`);
    }
    expect(errors).toEqual([]);
    await close();
  });

  test('keeps what is searched for in the address, and shows the last answer until the next one is here', async () => {
    const { page, errors, close } = await open();
    await page.goto(`${base}/ledger`);
    await page.getByRole('row').nth(5).waitFor();
    const slow = Promise.withResolvers<void>();
    await page.route(/entries\?text=valuation&/, async (route) => {
      await slow.promise;
      await route.continue();
    });
    await page.getByLabel('Search').fill('valuation');
    expect(await page.getByRole('row').count()).toBeGreaterThan(5);
    slow.resolve();
    await page.getByText(/^12 entries/).waitFor();
    expect(page.url()).toContain('/ledger/valuation');
    await page.reload();
    await page.getByText(/^12 entries/).waitFor();
    await page.getByRole('link', { name: 'Ledger', exact: true }).click();
    await page.getByText(`${opened.synthetic.evidence.log.length} entries`).waitFor();
    expect(await page.getByLabel('Search').inputValue()).toBe('');
    expect(errors).toEqual([]);
    await close();
  });

  test('sorts with the keyboard, filters and turns pages, and keeps all of it in the address', async () => {
    const { page, errors, close } = await open();
    await page.goto(`${base}/ledger`);
    const head = (name: string) => page.getByRole('columnheader', { name, exact: true });
    const rounds = (): Promise<string[]> => page.locator('tbody tr td:nth-child(3)').allTextContents();
    await head('Entry').waitFor();
    expect(await head('Entry').getAttribute('aria-sort')).toBe('ascending');
    await head('Round').getByRole('button').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Space');
    await expect.poll(() => head('Round').getAttribute('aria-sort')).toBe('descending');
    expect(await head('Entry').getAttribute('aria-sort')).toBe('none');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Round');
    await page.getByLabel('Kind').selectOption('contribution');
    await page.getByText(/^12 entries/).waitFor();
    const sorted = ['2', '2', '2', '2', '1', '1', '1', '1', '0', '0', '0', '0'];
    await expect.poll(rounds).toEqual(sorted);
    expect(page.url()).toMatch(/\/ledger\?kind=contribution&sort=-round$/);
    await page.reload();
    await expect.poll(rounds).toEqual(sorted);
    expect(await page.getByLabel('Kind').inputValue()).toBe('contribution');
    expect(await head('Round').getAttribute('aria-sort')).toBe('descending');
    await page.getByRole('link', { name: 'Ledger', exact: true }).click();
    await page.getByText(`${opened.synthetic.evidence.log.length} entries`).waitFor();
    expect(await head('Round').getAttribute('aria-sort')).toBe('none');
    await page.goBack();
    await expect.poll(rounds).toEqual(sorted);
    expect(errors).toEqual([]);
    await close();
  });

  test('opens at the page of the log that its address names', async () => {
    const { study } = opened.study;
    const [first] = opened.study.rows;
    const rows = Array.from({ length: 120 }, (_, entry) => ({ ...first, entry }) as ListedEntry);
    const entries = (query: EntryQuery) => queryEntries(rows, query, []);
    const routes = [...auditorRoutes(shelfOfOne({ ...opened.study, entries })), ...(await readPageRoutes('auditor'))];
    const long = await startReadOnlyServer(routes, LOOPBACK);
    const { page, close } = await open();
    await page.goto(`${long.url}/#/study/${study}/ledger?page=3`);
    await page.getByText('120 entries, page 3 of 3').waitFor();
    expect(await page.getByRole('rowheader').allTextContents()).toHaveLength(20);
    await page.getByRole('button', { name: 'Previous' }).click();
    await page.getByText('120 entries, page 2 of 3').waitFor();
    expect(page.url()).toMatch(/\/ledger\?page=2$/);
    await close();
    await long.stop();
  });

  test('sums what members said of each other over all rounds, beside what counts, and shows each round', async () => {
    const { page, close } = await open();
    await page.goto(`${base}/values`);
    const total = page.getByRole('region', { name: 'Scores of all rounds, summed' });
    const cells = (row: string) => total.getByRole('row', { name: row }).getByRole('cell').allTextContents();
    const { members, valuationTotal } = opened.study.view();
    const shown = (values: readonly (number | null)[]) => values.map(milliNats);
    await expect.poll(() => cells('Median')).toEqual(shown(valuationTotal.medians));
    expect(await cells('Score of the study')).toEqual(shown(members.map(({ scoreMicros }) => scoreMicros)));
    expect(await cells('Member 2')).toEqual(shown(valuationTotal.reports[1] ?? []));
    await page.locator('label.inline select').selectOption('1');
    await page.getByRole('region', { name: 'Scores of round 1' }).waitFor();
    expect(await total.count()).toBe(0);
    await close();
  });

  test('stays as it is while the study is being checked, and while the server is away', async () => {
    const { page, close } = await open();
    let answers: 'running' | 'away' | 'done' = 'running';
    await page.route(/\/api\/studies\/0x[0-9a-f]{64}$/, async (route) => {
      if (answers === 'away') return route.abort();
      if (answers === 'done') return route.continue();
      const view = opened.study.view();
      return route.fulfill({ json: { ...view, check: { state: 'running', done: 1, total: 12 } } });
    });
    await page.goto(`${base}/values`);
    await page.locator('label.inline select').selectOption('0');
    await page.getByRole('region', { name: 'Scores of round 0' }).waitFor();
    await page.waitForResponse(/\/api\/studies\/0x[0-9a-f]{64}$/);
    answers = 'away';
    await page.getByRole('alert').waitFor();
    expect(await page.locator('label.inline select').inputValue()).toBe('0');
    answers = 'done';
    await page.getByRole('alert').waitFor({ state: 'detached' });
    expect(await page.locator('label.inline select').inputValue()).toBe('0');
    await close();
  });

  test('copies digests whole that it shows shortened', async () => {
    const { page, close } = await open();
    await page.goto(`${base}/ledger/entry:5`);
    await page.getByText('1 entry').waitFor();
    const hex = page.locator('.says .hex').first();
    const copied = await page.evaluate(
      "getSelection().selectAllChildren(document.querySelector('.says .hex')); String(getSelection())",
    );
    expect(copied).toBe(await hex.getAttribute('title'));
    expect((await hex.boundingBox())?.width).toBeLessThan(140);
    await close();
  });

  test('tells the labels of an axis apart', async () => {
    const { page, close } = await open();
    for (const place of ['values', 'metrics']) {
      await page.goto(`${base}/${place}`);
      await page.locator('.axis-values').first().waitFor();
      for (const axis of await page.locator('.axis-values').all()) {
        const labels = await axis.locator('text').allTextContents();
        expect([...new Set(labels)]).toEqual(labels);
      }
    }
    await close();
  });

  test('asks for its token wherever it begins', async () => {
    const routes = [...auditorRoutes(shelfOfOne(opened.study)), ...(await readPageRoutes('auditor'))];
    const locked = await startReadOnlyServer(routes, { ...LOOPBACK, token: 'a'.repeat(64) });
    for (const address of ['', `/#/study/${opened.study.study}/overview`]) {
      const { page, close } = await open();
      await page.goto(`${locked.url}${address}`);
      await page.getByLabel('Token').fill('a'.repeat(64));
      await page.getByRole('button', { name: 'Open' }).click();
      await page.getByText(HOSTILE_TITLE).first().waitFor();
      expect(await page.getByLabel('Token').count()).toBe(0);
      await close();
    }
    await locked.stop();
  });

  test('says what is not there', async () => {
    const { page, close } = await open();
    await page.goto(`${base}/contribution/${member}/77`);
    await page.getByText('There is no such record').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('in round 77');
    await page.goto(`${server.url}/#/study/0x${'0'.repeat(64)}/overview`);
    await page.getByText('There is no such thing here.').waitFor();
    await close();
  });

  test('shows a ledger without a bundle, and what a bundle would add', async () => {
    const ledger = opened.synthetic.ledger.as(opened.synthetic.evidence.announcements[0]?.record.member ?? '0x');
    const routes = [...auditorRoutes(shelfOfLedger(ledger, () => 0)), ...(await readPageRoutes('auditor'))];
    const chain = await startReadOnlyServer(routes, LOOPBACK);
    const { page, errors, close } = await open();
    await page.goto(chain.url);
    await page.getByRole('link', { name: 'Study without a known title' }).click();
    await page.getByText('A bundle would add signatures').waitFor();
    for (const name of ['Participation', 'Ledger', 'Values', 'Metrics', 'Lineage', 'Findings']) {
      await page.getByRole('link', { name, exact: true }).click();
      await page.locator('main section').first().waitFor();
    }
    expect(errors).toEqual([]);
    await close();
    await chain.stop();
  });
});

describeInBrowser("an auditor's page of a chain", ({ open }) => {
  let opened: OpenedSynthetic;
  beforeAll(async () => {
    opened = await openSyntheticStudy('a study');
  });
  afterAll(() => opened.close());

  const serve = async (time: Parameters<typeof ledgerAt>[1], freshMilliseconds?: number): Promise<ReadOnlyServer> => {
    const shelf = shelfOfLedger(ledgerAt(opened.synthetic, time, []), () => systemClock.now(), freshMilliseconds);
    return startReadOnlyServer([...auditorRoutes(shelf), ...(await readPageRoutes('auditor'))], LOOPBACK);
  };

  test('follows the log by itself, and says when the chain was read and that it does not answer', async () => {
    const time = { length: 10, isSilent: false, isClosed: false };
    const server = await serve(time, 200);
    const { page, errors, close } = await open();
    await page.goto(`${server.url}/#/study/${opened.study.study}/ledger?sort=-entry`);
    await page.getByText('10 entries').waitFor();
    await page.getByText('live', { exact: true }).waitFor();
    await page.getByText(/^chain read at \d/).waitFor();
    time.length = 14;
    await page.getByText('14 entries').waitFor();
    expect(await page.getByRole('rowheader').first().textContent()).toBe('13');
    time.isSilent = true;
    await page.getByRole('status').getByText('the chain does not answer').waitFor();
    expect(await page.getByRole('rowheader').count()).toBe(14);
    expect(await seriousFaults(page)).toEqual([]);
    Object.assign(time, { isSilent: false, length: 15 });
    await page.getByText('15 entries').waitFor();
    Object.assign(time, { isClosed: true, length: 16 });
    await page.locator('.badge').getByText('closed', { exact: true }).waitFor();
    expect(errors).toEqual([]);
    await close();
    await server.stop();
  });

  test('says that its server is gone, and goes on when it is back', async () => {
    const server = await serve({ length: 10 }, 200);
    const { page, close } = await open();
    let isGone = false;
    await page.route(/\/head$/, (route) => (isGone ? route.abort() : route.continue()));
    await page.goto(`${server.url}/#/study/${opened.study.study}/overview`);
    await page.getByText('live', { exact: true }).waitFor();
    isGone = true;
    await page.getByText('not connected').waitFor();
    expect(await page.getByRole('columnheader', { name: 'Rank' }).count()).toBe(1);
    isGone = false;
    await page.getByText('live', { exact: true }).waitFor();
    await close();
    await server.stop();
  });

  test('tries again by itself where the chain does not answer from the start', async () => {
    const time = { length: 10, isSilent: true };
    const server = await serve(time, 200);
    const { page, close } = await open();
    await page.goto(`${server.url}/#/study/${opened.study.study}/overview`);
    await page.getByRole('alert').getByText('the chain does not answer').waitFor();
    time.isSilent = false;
    await page.getByText('live', { exact: true }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await close();
    await server.stop();
  });

  test('lists studies as they grow', async () => {
    const time = { length: 10 };
    const server = await serve(time);
    const { page, close } = await open();
    await page.clock.install();
    await page.goto(server.url);
    const entries = page.getByRole('row').nth(1).getByRole('cell').last();
    await expect.poll(() => entries.textContent()).toBe('10');
    time.length = 11;
    await page.clock.fastForward(10_000);
    await expect.poll(() => entries.textContent()).toBe('11');
    await close();
    await server.stop();
  });
});

describeInBrowser('an auditor whose bundle was tampered with', ({ open }) => {
  test('sees the findings, each with the way to its record', async () => {
    const opened = await openSyntheticStudy('a study', { member: 1, round: 1, base: `0x${'ab'.repeat(32)}` });
    await opened.study.checked;
    const routes = [...auditorRoutes(shelfOfOne(opened.study)), ...(await readPageRoutes('auditor'))];
    const server = await startReadOnlyServer(routes, LOOPBACK);
    const { page, close } = await open();
    await page.goto(`${server.url}/#/study/${opened.study.study}/findings`);
    await page.getByRole('region', { name: 'Findings' }).getByRole('link').first().click();
    await page.getByRole('heading', { name: 'Signature and place' }).waitFor();
    expect(page.url()).toContain(`/contribution/${opened.study.view().members[0]?.account}/`);
    await close();
    await server.stop();
    await opened.close();
  });
});
