import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bundle, openBundle } from '../../src/audit/read-bundle.ts';
import { type BundleStudy, openBundleStudy } from '../../src/web/auditor/open-bundle-study.ts';
import { exportReport } from '../../src/web/report/export-report.ts';
import { type ReportSnapshot, takeSnapshot } from '../../src/web/report/report-snapshot.ts';
import type { RunView } from '../../src/web/report/run-view.ts';
import { describeInBrowser, shoot } from './browser.ts';
import { seriousFaults, sidewaysScroll } from './check-accessibility.ts';
import { type OpenedSynthetic, openSyntheticStudy } from './open-synthetic-study.ts';

const HOSTILE = '</script><script>document.title=1</script><img src=x onerror=alert(1)>\u2028&amp;';

let opened: OpenedSynthetic;
let bundle: Bundle;
let study: BundleStudy;
let snapshot: ReportSnapshot;
let folder: string;
beforeAll(async () => {
  opened = await openSyntheticStudy(HOSTILE);
  await opened.study.checked;
  const names = Object.fromEntries(opened.study.view().members.map(({ account }, i) => [account, nameOf(i)]));
  bundle = await openBundle(opened.path);
  study = await openBundleStudy(bundle, null, { names });
  await study.checked;
  snapshot = await takeSnapshot(study, runOf(study));
  folder = await mkdtemp(join(tmpdir(), 'consilium-report-'));
});
afterAll(async () => {
  await bundle.close();
  await opened.close();
  await rm(folder, { recursive: true });
});

/** Members joined in another order than the run counts them. */
const nameOf = (position: number): string => `hospital ${position === 0 ? 4 : position} ${HOSTILE}`;

function runOf(study: BundleStudy): RunView {
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
      position: i,
      name: nameOf(i),
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

/** Metrics on the common test part for each member, the same in every round. */
function withAccuracies({ view }: ReportSnapshot, accuracyOf: (member: number) => number): ReportSnapshot['view'] {
  const [pattern] = view.metrics;
  if (pattern === undefined) throw new Error('the study has no metrics');
  const metrics = view.members.flatMap(({ account }, i) =>
    [0, 1, 2].map((round) => ({
      ...pattern,
      member: account,
      round,
      part: 'common' as const,
      by: null,
      group: null,
      accuracy: accuracyOf(i),
    })),
  );
  return { ...view, metrics };
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
    // 600 kB of it are the page and its verifier; a study adds about 7 kB a contribution.
    expect(Buffer.byteLength(html)).toBeLessThan(800_000);
  });

  test('gives the same bytes for the same data', async () => {
    const again = await takeSnapshot(study, runOf(study));
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
    expect(summary).toContain('findings: 1,');
    expect(summary).toContain('audit/mix-differs: &lt;b&gt;');
    expect(summary.match(/<td>90\.0 %<\/td>/g)).toHaveLength(snapshot.run.members.length);
  });
});

/** The report with something of it changed, as a file. */
async function fileWith(name: string, change: (snapshot: ReportSnapshot) => ReportSnapshot): Promise<string> {
  const path = join(folder, `${name}.html`);
  await writeFile(path, await exportReport(change(snapshot)));
  return pathToFileURL(path).href;
}

describeInBrowser('a report that is opened from disk', ({ open }) => {
  let address: string;
  beforeAll(async () => {
    address = await fileWith('report', (same) => same);
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
    await page.getByRole('link', { name: `${nameOf(1)}, round 1: contributed` }).click();
    await page.getByText(`Signed by ${nameOf(1)}.`).waitFor();
    await page.getByText('Proofs are not in this file').waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  test('draws who harmed the others to the left of the zero line, and says what is not known with a dash', async () => {
    const scores = [-81_250, 40_000, null];
    const address = await fileWith('harm', (known) => ({
      ...known,
      view: {
        ...known.view,
        members: known.view.members.map((member, i) => ({ ...member, scoreMicros: scores[i] ?? null })),
      },
    }));
    const { page, errors, close } = await open();
    await page.goto(address);
    const chart = page.getByRole('img', { name: 'Score of the study (mnat)' });
    const bars = await chart.locator('rect').evaluateAll((all) => all.map((bar) => Number(bar.getAttribute('x'))));
    const widths = await chart
      .locator('rect')
      .evaluateAll((all) => all.map((bar) => Number(bar.getAttribute('width'))));
    const zero = bars[1] ?? 0;
    expect((bars[0] ?? 0) + (widths[0] ?? 0)).toBeCloseTo(zero);
    expect(widths.map((width) => width > 1)).toEqual([true, true, ...widths.slice(2).map(() => false)]);
    expect(await chart.textContent()).toContain('← harmed the others');
    expect(await chart.locator('text').allTextContents()).toEqual(expect.arrayContaining(['−81.25', '40.00', '–']));
    expect(errors).toEqual([]);
    await close();
  });

  test('draws one line where all have one model, and as many as members where not', async () => {
    const { page, close } = await open();
    const lines = page.locator('#learning figure').first().locator('path.line');
    const count = snapshot.run.members.length;
    const differ = await fileWith('differ', (known) => ({
      ...known,
      view: withAccuracies(known, (i) => 0.5 + i / 10),
    }));
    await page.goto(differ);
    // Each line twice: in the legend and in the drawing; two levels to compare with.
    await expect.poll(() => lines.count()).toBe(2 * (count + 2));
    await page.goto(await fileWith('same', (known) => ({ ...known, view: withAccuracies(known, () => 0.5) })));
    await expect.poll(() => lines.count()).toBe(2 * (1 + 2));
    await close();
  });

  test('names every finding, with the way to its place', async () => {
    const member = snapshot.view.members[0]?.account ?? '0x';
    const findings = Array.from({ length: 12 }, (_, round) => ({
      code: 'audit/mix-differs' as const,
      member,
      round,
      message: `differs ${round} ${HOSTILE}`,
    }));
    const address = await fileWith('findings', (known) => ({
      ...known,
      view: { ...known.view, check: { state: 'done', findings, notices: [], mixesReplayed: 1 } },
    }));
    const { page, errors, close } = await open();
    await page.goto(address);
    await page.getByText('12 findings').waitFor();
    await page.getByRole('link', { name: 'See what was found' }).click();
    const rows = page.getByRole('region', { name: 'Findings' }).locator('tbody tr');
    expect(await rows.locator('td:nth-child(2)').allTextContents()).toEqual(findings.map(({ message }) => message));
    expect(errors).toEqual([]);
    await close();
  });

  test('says what counts without JavaScript', async () => {
    const { page, close } = await open({ javaScriptEnabled: false });
    await page.goto(address);
    expect(await page.locator('noscript tbody tr').count()).toBe(snapshot.run.members.length);
    await shoot(page, 'report-without-javascript');
    await close();
  });

  test('verifies a bundle that is dropped on it', async () => {
    const { page, errors, close } = await open();
    await page.goto(`${address}#/verify`);
    await page.locator('input[type=file]').setInputFiles(opened.path);
    await page.getByText('Every signature, head, Merkle root and digest in it is right.').waitFor();
    expect(errors).toEqual([]);
    await close();
  });
});
