import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ReadOnlyServer, startReadOnlyServer } from '../../src/http/read-only-server.ts';
import { jsonReply, type Route } from '../../src/http/route.ts';
import type { MemberView } from '../../src/peer/member-view.ts';
import { auditorRoutes } from '../../src/web/auditor/routes.ts';
import { shelfOfOne } from '../../src/web/auditor/shelves.ts';
import type { PageName } from '../../src/web/page-name.ts';
import { readPageRoutes } from '../../src/web/web-bundle.ts';
import { statusOf } from '../peer/member-view-builder.ts';
import { operationsOf } from '../peer/operations-of.ts';
import { describeInBrowser, type Opened, settled, shoot } from './browser.ts';
import { seriousFaults, sidewaysScroll } from './check-accessibility.ts';
import { HOSTILE_TEXTS, hostileRoutes, strangeElements, turnedNeighbours, withTexts } from './hostile-texts.ts';
import { busyView } from './member-views.ts';
import { type OpenedSynthetic, openSyntheticStudy } from './open-synthetic-study.ts';

const TOKEN = 'f'.repeat(64);
const PAGES = ['overview', 'participation', 'ledger', 'values', 'metrics', 'lineage', 'findings'];

/** A peer to which everything happens that brings a text. */
function memberView(text: string): MemberView {
  const view = busyView();
  const problem = { code: 'status/no-quorum', remedy: '' } as const;
  return withTexts(
    {
      ...view,
      status: { ...view.status, ...statusOf({ problems: [problem] }) },
      warnings: (['bad', 'notice'] as const).map((severity) => ({ code: `${severity}/test`, severity, remedy: '' })),
      members: view.members.map((member) => ({ ...member, name: '' })),
      outbox: {
        ...view.outbox,
        refused: 1,
        items: [{ kind: 'contribution' as const, round: 1, state: 'refused' as const, sequence: null, reason: '' }],
      },
    },
    text,
  );
}

const KINDS = Object.entries(HOSTILE_TEXTS);

describeInBrowser('a hostile text', ({ open }) => {
  let opened: OpenedSynthetic;
  beforeAll(async () => {
    opened = await openSyntheticStudy('a study');
    await opened.study.checked;
  });
  afterAll(() => opened.close());

  async function serve(name: PageName, routes: readonly Route[]): Promise<ReadOnlyServer> {
    const options = { host: '127.0.0.1', port: 0, token: name === 'member' ? TOKEN : null };
    return startReadOnlyServer([...routes, ...(await readPageRoutes(name))], options);
  }

  async function expectHarmless({ page, errors }: Opened, where: string): Promise<void> {
    const seen = {
      where,
      hasRun: (await page.title()) === '1',
      strange: await strangeElements(page),
      turned: await turnedNeighbours(page),
      sideways: await sidewaysScroll(page),
      serious: await seriousFaults(page),
      errors,
    };
    expect(seen).toEqual({
      where,
      hasRun: false,
      strange: [],
      turned: [],
      sideways: 0,
      serious: [],
      errors: [],
    });
  }

  test.each(KINDS)("of kind %s is a text on a member's page", async (kind, text) => {
    const view = memberView(text);
    const views = {
      subscribe(send: (event: string, data: string) => void) {
        send('view', JSON.stringify(view));
        return () => {};
      },
    };
    const server = await serve('member', operationsOf({ view: () => view, views }));
    const each = await open({ width: 390 });
    await each.page.goto(`${server.url}/#token=${TOKEN}`);
    await each.page.locator('#members').waitFor();
    expect(await each.page.locator('h1').textContent()).toBe(text);
    expect(await each.page.locator('#members bdi').first().textContent()).toBe(text);
    await expectHarmless(each, 'member');
    await shoot(each.page, `hostile-${kind}-member`);
    await each.close();
    await server.stop();
  });

  test.each(KINDS)("of kind %s is a text on an auditor's pages", async (kind, text) => {
    const member = opened.study.view().members[0]?.account ?? '0x';
    const check = {
      state: 'done',
      findings: [{ code: 'audit/mix-differs', message: '', member, round: 1 }],
      notices: [{ message: '', member, round: 1 }],
      mixesReplayed: 1,
    };
    const routes = auditorRoutes(shelfOfOne(opened.study)).map((route) =>
      route.path === '/api/studies/:study'
        ? { ...route, answer: () => jsonReply({ ...opened.study.view(), check }) }
        : route,
    );
    const server = await serve('auditor', hostileRoutes(routes, text));
    const each = await open({ width: 390 });
    const base = `${server.url}/#/study/${opened.study.study}`;
    const places = [
      '',
      ...PAGES.map((name) => `/${name}`),
      `/contribution/${member}/1`,
      `/ledger/${encodeURIComponent(text.slice(0, 500).toWellFormed())}`,
    ];
    await each.page.goto(server.url);
    await settled(each.page);
    await expectHarmless(each, 'studies');
    for (const place of places) {
      await each.page.goto(`${base}${place}`);
      await settled(each.page);
      await expectHarmless(each, place);
    }
    await each.page.goto(`${base}/findings`);
    await settled(each.page);
    await shoot(each.page, `hostile-${kind}-findings`);
    await each.close();
    await server.stop();
  });
});
