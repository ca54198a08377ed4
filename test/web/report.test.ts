import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportReport } from '../../src/web/report/export-report.ts';
import { type ReportSnapshot, takeSnapshot } from '../../src/web/report/report-snapshot.ts';
import type { RunView } from '../../src/web/report/run-view.ts';
import { describeInBrowser, shoot } from './browser.ts';
import { seriousFaults, sidewaysScroll } from './check-accessibility.ts';
import { type OpenedSynthetic, openSyntheticStudy } from './open-synthetic-study.ts';

const HOSTILE = '</script><script>document.title=1</script><img src=x onerror=alert(1)>\u2028&amp;';

let opened: OpenedSynthetic;
let snapshot: ReportSnapshot;
let folder: string;
beforeAll(async () => {
  opened = await openSyntheticStudy(HOSTILE);
  await opened.study.checked;
  snapshot = await takeSnapshot(opened.study, runOf(opened));
  folder = await mkdtemp(join(tmpdir(), 'consilium-report-'));
});
afterAll(async () => {
  await opened.close();
  await rm(folder, { recursive: true });
});

function runOf({ study }: OpenedSynthetic): RunView {
  const { members, manifest } = study.view();
  return {
    title: manifest?.title ?? '',
    startedAt: '2026-03-02T08:15:30.000Z',
    durationSeconds: 754.2,
    command: `consilium demo ${HOSTILE}`,
    terms: {
      dataset: HOSTILE,
      alpha: 0.5,
      parameterCount: 17,
      codec: 'float32',
      updateBytes: 68,
      engine: 'wasm 1',
      seed: '1',
    },
    members: members.map(({ account }, i) => ({
      account,
      name: `hospital ${i + 1} ${HOSTILE}`,
      samples: 10 * (i + 1),
      accuracyAlone: i === 0 ? Number.NaN : 0.8,
      accuracyFederated: 0.9,
      aucAlone: null,
      aucFederated: 0.95,
      modelCredits: members.map((_, source) => 1000 * source),
      bytesIn: 1e6 * i,
      bytesOut: 2e6,
      killed: i === 1,
    })),
    accuracyPooled: 0.92,
    aucPooled: null,
    gas: [
      { kind: 'contribution', gasUsed: 49_000 },
      { kind: 'valuation', gasUsed: 47_000 },
    ],
  };
}

describe('the report of a study', () => {
  test('is one file that loads nothing, with texts as texts', async () => {
    const html = await exportReport(snapshot);
    const outside = html.replaceAll(/<script[\s>][\s\S]*?<\/script>|<style>[\s\S]*?<\/style>/g, '');
    expect(outside).not.toMatch(/<[^>]*\s(src|srcset|action|poster)=|<[^>]*href="(?!data:,")|url\(|@import/);
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    expect(outside).toContain('&lt;/script&gt;&lt;script&gt;');
    expect(html).toContain("default-src 'none'".replaceAll("'", '&#39;'));
    expect(html).not.toContain('unsafe-inline');
    expect(outside).not.toContain('NaN');
  });

  test('gives the same bytes for the same data', async () => {
    const again = await takeSnapshot(opened.study, runOf(opened));
    expect(await exportReport(again)).toBe(await exportReport(snapshot));
  });

  test('tells who has no JavaScript what counts', async () => {
    const html = await exportReport({
      ...snapshot,
      view: {
        ...snapshot.view,
        check: {
          state: 'done',
          findings: [{ code: 'audit/mix-differs', message: `<b>${HOSTILE}` }],
          notices: [],
          mixesReplayed: 1,
        },
      },
    });
    const [, summary = ''] = /<noscript>([\s\S]*?)<\/noscript>/.exec(html) ?? [];
    expect(summary).toContain('1 findings');
    expect(summary).toContain('audit/mix-differs: &lt;b&gt;');
    expect(summary.match(/<td>90\.0 %<\/td>/g)).toHaveLength(snapshot.run.members.length);
  });
});

describeInBrowser('a report that is opened from disk', ({ open }) => {
  let address: string;
  beforeAll(async () => {
    const path = join(folder, 'report.html');
    await writeFile(path, await exportReport(snapshot));
    address = pathToFileURL(path).href;
  });

  test.each([
    [1280, 'light'],
    [390, 'dark'],
  ] as const)('shows the run and the auditor’s pages at %i pixels, %s', async (width, scheme) => {
    const { page, errors, close } = await open({ width, scheme });
    await page.goto(address);
    await page.getByRole('heading', { name: 'What it was good for' }).waitFor();
    expect(await page.locator('h1').textContent()).toBe(HOSTILE);
    expect(await page.getByRole('region', { name: 'Results by member' }).textContent()).not.toMatch(/NaN|undefined/);
    expect(await seriousFaults(page)).toEqual([]);
    expect(await sidewaysScroll(page)).toBe(0);
    await shoot(page, `report-${width}-${scheme}`);
    for (const name of ['Overview', 'Ledger', 'Lineage', 'Findings']) {
      await page.getByRole('link', { name, exact: true }).click();
      await page.locator('main section').first().waitFor();
    }
    await page.getByRole('link', { name: 'Participation' }).click();
    await page.getByRole('link', { name: 'Member 1, round 1: contributed' }).click();
    await page.getByText('Signed by Member 1.').waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  test('verifies a bundle that is dropped on it', async () => {
    const { page, close } = await open();
    await page.goto(`${address}#/verify`);
    await page.locator('input[type=file]').setInputFiles(opened.path);
    await page
      .getByText(/signatures/)
      .first()
      .waitFor();
    await page
      .getByText(/nothing is wrong|no finding|nothing was found/i)
      .first()
      .waitFor();
    expect(await page.getByText(/not an evidence bundle/i).count()).toBe(0);
    await close();
  });
});
