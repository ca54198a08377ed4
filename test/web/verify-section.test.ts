import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { longLog } from '../../scripts/bench/long-log.ts';
import { encodeSegmentProof } from '../../src/audit/segment-proof.ts';
import { writeBundle } from '../../src/audit/write-bundle.ts';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { type ReadOnlyServer, startReadOnlyServer } from '../../src/http/read-only-server.ts';
import { studyOf } from '../../src/protocol/manifest.ts';
import { readPageRoutes } from '../../src/web/web-bundle.ts';
import { writeMutated } from '../audit/mutations/audit-mutation.ts';
import { baseBundle } from '../audit/mutations/base-bundle.ts';
import { mutationOf } from '../audit/mutations/campaign.ts';
import { honestProof } from '../audit/mutations/honest-proof.ts';
import { memberAccount } from '../builders.ts';
import { describeInBrowser, shoot } from './browser.ts';
import { seriousFaults, sidewaysScroll } from './check-accessibility.ts';
import { componentDocument } from './component-page.ts';

const CHOOSE = 'Choose a file';
const SCRIPT = `
import { mount } from './shell/mount.ts';
import { VerifySection } from './verify/verify-section.tsx';
mount(<VerifySection />);
`;

describeInBrowser('verify in this browser', ({ open }) => {
  let folder: string;
  let server: ReadOnlyServer;
  const file = (name: string): string => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'consilium-verify-page-'));
    const base = await baseBundle();
    await writeFile(file('clean.car'), base.file);
    await writeMutated(base, mutationOf(base, 'editRecordEverywhere', 'page'), file('changed.car'));
    await writeFile(file('proof.json'), encodeSegmentProof(honestProof(base, createSeededRandom('page'))));
    await writeFile(file('other.txt'), 'a letter');
    const log = longLog(studyOf(base.study.manifest), 4, 150);
    await writeBundle(file('long.car'), log, base.study.manifest, async () => null);
    await writeFile(file('page.html'), await componentDocument(SCRIPT));
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    server = await startReadOnlyServer(await readPageRoutes('auditor'), { host: '127.0.0.1', port: 0, token: null });
  });
  afterEach(() => server.stop());

  /** The verifier's script comes when the page has nothing else to do. */
  async function ready(page: Page): Promise<void> {
    const script = page.waitForResponse(async (response) => (await response.body()).length > 200_000);
    await page.goto(`${server.url}/#/verify`);
    await script;
  }

  test('a clean bundle is verified with the server gone, and nothing is asked of anybody', async () => {
    const { page, errors, close } = await open();
    await ready(page);
    await shoot(page, 'verify-empty');
    await server.stop();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.getByLabel(CHOOSE).setInputFiles(file('clean.car'));
    await page.getByText('No findings').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await shoot(page, 'verify-clean');
    expect(asked.filter((url) => !url.startsWith('blob:'))).toEqual([]);
    expect(errors).toEqual([]);
    await close();
  });

  test('a changed bundle has its findings, each with its place', async () => {
    const { page, errors, close } = await open({ width: 390, scheme: 'dark' });
    await ready(page);
    await page.getByLabel(CHOOSE).setInputFiles(file('changed.car'));
    await page.getByText(/\d+ findings?$/).waitFor();
    await page
      .getByRole('rowheader', { name: /^member 0x.*, round \d/ })
      .first()
      .waitFor();
    await shoot(page, 'verify-findings-narrow-dark');
    expect(await seriousFaults(page)).toEqual([]);
    expect(await sidewaysScroll(page)).toBe(0);
    expect(errors).toEqual([]);
    await close();
  });

  test('a proof is checked, alone and against the members that the reader names', async () => {
    const { page, errors, close } = await open();
    await ready(page);
    await page.getByLabel(CHOOSE).setInputFiles(file('proof.json'));
    await page.getByText('The proof holds').waitFor();
    await page.getByLabel(/^Accounts that you know/).fill([1, 2, 3, 4].map(memberAccount).join(', '));
    await page.getByRole('button', { name: 'Check again' }).click();
    await page.getByText('of the 4 accounts that you named').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await shoot(page, 'verify-proof');
    await page.getByLabel(/^Accounts that you know/).fill([11, 12, 13, 14].map(memberAccount).join(', '));
    await page.getByRole('button', { name: 'Check again' }).click();
    await page.getByText('The proof is refused').waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  test('works in a page that is a file, under a policy that allows nothing else', async () => {
    const { page, errors, close } = await open();
    await page.goto(pathToFileURL(file('page.html')).href);
    await page.getByLabel(CHOOSE).setInputFiles(file('clean.car'));
    await page.getByText('No findings').waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  test('can be stopped, and another file verified', async () => {
    const { page, errors, close } = await open();
    await ready(page);
    // Pressed by the page itself as soon as there is progress: a hand from outside may come when all is over.
    await page.evaluate(`new MutationObserver((_, observer) => {
      const stop = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Stop');
      if (stop === undefined || !/Checking the log and its signatures: entry \\d/.test(document.body.textContent)) return;
      observer.disconnect();
      stop.click();
    }).observe(document.body, { subtree: true, childList: true, characterData: true })`);
    await page.getByLabel(CHOOSE).setInputFiles(file('long.car'));
    await page.getByText('Stopped before it was done').waitFor();
    await shoot(page, 'verify-stopped');
    await page.getByLabel(CHOOSE).setInputFiles(file('clean.car'));
    await page.getByText('No findings').waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  test('another file is called what it is', async () => {
    const { page, errors, close } = await open({ width: 390 });
    await ready(page);
    await page.getByLabel(CHOOSE).setInputFiles(file('other.txt'));
    await page.getByText('This is neither an evidence bundle nor a segment proof').waitFor();
    await shoot(page, 'verify-wrong-file');
    expect(errors).toEqual([]);
    await close();
  });

  test('a file can be dropped anywhere, and chosen with the keyboard', async () => {
    const { page, errors, close } = await open();
    await ready(page);
    const dropped = await page.evaluateHandle(`(() => {
      const data = new DataTransfer();
      data.items.add(new File(['a letter'], '<b>letter</b>.txt'));
      return data;
    })()`);
    await page.dispatchEvent('body', 'dragover', { dataTransfer: dropped });
    await page.dispatchEvent('body', 'drop', { dataTransfer: dropped });
    await page.getByText('<b>letter</b>.txt').waitFor();
    const chooser = page.waitForEvent('filechooser');
    await page.getByLabel(CHOOSE).focus();
    await page.keyboard.press('Enter');
    await (await chooser).setFiles(file('clean.car'));
    await page.getByText('No findings').waitFor();
    expect(errors).toEqual([]);
    await close();
  });
});
