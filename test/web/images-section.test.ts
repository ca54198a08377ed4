import type { Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createMetrics } from '../../src/base/metrics.ts';
import { type Dataset, subset } from '../../src/data/dataset.ts';
import { readDigits } from '../../src/data/read-digits.ts';
import { readWdbc } from '../../src/data/read-wdbc.ts';
import { type ReadOnlyServer, startReadOnlyServer } from '../../src/http/read-only-server.ts';
import { createSnapshotStream, type SnapshotStream } from '../../src/http/snapshot-stream.ts';
import type { Architecture } from '../../src/model/architecture.ts';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import type { MemberPictures } from '../../src/peer/member-pictures.ts';
import type { MemberView } from '../../src/peer/member-view.ts';
import { operationsRoutes } from '../../src/peer/operations-routes.ts';
import { makePictures } from '../../src/peer/pictures/make-pictures.ts';
import { readPageRoutes } from '../../src/web/web-bundle.ts';
import { STUDY } from '../builders.ts';
import { train } from '../model/small-training.ts';
import { describeInBrowser, type Opened, type OpenOptions, shoot } from './browser.ts';
import { seriousFaults, sidewaysScroll } from './check-accessibility.ts';
import { busyView } from './member-views.ts';

const TOKEN = 'e'.repeat(64);
const digitsModel: Architecture = {
  kind: 'cnn',
  height: 8,
  width: 8,
  channels: 1,
  filters: [8],
  padding: 'same',
  dense: 24,
  classes: 10,
};
const wdbcModel: Architecture = { kind: 'logistic', inputs: 30, classes: 2 };

/** What a peer would make of a model that was trained on a part of a data set. @param prepare how its held-out part was prepared */
async function picturesOf(
  data: Dataset,
  architecture: Architecture,
  prepare = (heldOut: Dataset): Dataset => heldOut,
): Promise<MemberPictures> {
  const model = (await createWasmEngine()).createModel(architecture);
  const all = Array.from({ length: data.samples }, (_, i) => i);
  const training = subset(
    data,
    all.filter((i) => i % 3 !== 0),
  );
  const heldOut = prepare(
    subset(
      data,
      all.filter((i) => i % 3 === 0),
    ),
  );
  const { parameters } = await train(model, { localEpochs: 3, batchSize: 16 }, training);
  const task = { study: STUDY, round: 7, model, parameters, training, heldOut, inputNames: null };
  return makePictures(task, new AbortController().signal);
}

/** As another scanner would: all of it brighter. */
const brighter = (data: Dataset): Dataset => ({ ...data, inputs: data.inputs.map((value) => value + 0.25) });

describeInBrowser("the images of a member's page", ({ open }) => {
  let server: ReadOnlyServer;
  let views: SnapshotStream;
  let view: MemberView;
  let pictures: MemberPictures | null;
  let digits: MemberPictures;
  let bright: MemberPictures;
  let rows: MemberPictures;

  beforeAll(async () => {
    digits = await picturesOf(await readDigits(), digitsModel);
    bright = await picturesOf(await readDigits(), digitsModel, brighter);
    rows = await picturesOf(await readWdbc(), wdbcModel);
  });
  beforeEach(async () => {
    views = createSnapshotStream('view', () => view);
    const status = () => view.status;
    const asked = { metrics: createMetrics(), recent: status, status, view: () => view, views };
    const routes = operationsRoutes({ ...asked, pictures: () => pictures });
    server = await startReadOnlyServer([...routes, ...(await readPageRoutes('member'))], {
      host: '127.0.0.1',
      port: 0,
      token: TOKEN,
    });
  });
  afterEach(() => server.stop());

  async function visit(shown: MemberPictures | null, options: OpenOptions = {}): Promise<Opened> {
    pictures = shown;
    view = busyView({ picturesOf: shown?.round ?? null, recordsAre: shown?.examples.kind ?? 'images' });
    const opened = await open(options);
    await opened.page.goto(`${server.url}/#token=${TOKEN}`);
    await opened.page.locator('#images').waitFor();
    return opened;
  }
  /** The colours of a canvas, four bytes a pixel. */
  const colours = (page: Page, index: number): Promise<number[]> =>
    page.evaluate(
      `[...document.querySelectorAll('#images canvas')[${index}].getContext('2d').getImageData(0, 0, 8, 8).data]`,
    );

  test('draws each image as it is, and beside it where the model looks', async () => {
    const { page, errors, close } = await visit(digits);
    await page.locator('#images canvas').nth(11).waitFor();
    const [first] = digits.examples.kind === 'images' ? digits.examples.images : [];
    const [pixels, saliency] = [first?.pixels, first?.saliency].map((text) => [...Buffer.from(text ?? '', 'base64')]);
    const [plain, overlaid] = [await colours(page, 0), await colours(page, 1)];
    expect(plain).toEqual(pixels?.flatMap((value) => [value, value, value, 255]));
    const [strongest, weakest] = [saliency?.indexOf(255) ?? -1, saliency?.indexOf(Math.min(...saliency)) ?? -1];
    expect(overlaid[4 * strongest]).toBeGreaterThan((overlaid[4 * strongest + 2] ?? 0) + 100); // orange: red far above blue
    expect(overlaid[4 * weakest]).toBeLessThan((overlaid[4 * weakest + 2] ?? 0) + 100);
    const label = await page.locator('#images canvas').first().getAttribute('aria-label');
    expect(label).toMatch(/^Image 1, taken for \d with \d+\.\d %, (rightly|but is \d)$/);
    expect(await page.getByText('They stay at this site').count()).toBe(1);
    expect(await page.locator('#images h2').textContent()).toBe('Own images');
    expect(errors).toEqual([]);
    await close();
  });

  test('has a confusion matrix, a reliability diagram and both comparisons as drawings with tables', async () => {
    const { page, close } = await visit(digits);
    for (const name of [
      /^Confusion matrix of \d+/,
      /^Calibration: /,
      /^Inputs: held-out/,
      /^The model's outputs: held-out/,
    ])
      await expect.poll(() => page.getByRole('img', { name }).count()).toBe(1);
    const figure = page.locator('#images figure', { hasText: 'Confusion matrix' });
    await figure.getByText('Figures').click();
    const cells = await figure.locator('tbody tr').first().locator('td').allTextContents();
    expect(cells.map(Number)).toEqual(digits.confusion?.[0]);
    expect(await page.locator('#images .notice').count()).toBe(0);
    await close();
  });

  test.each([
    [1280, 'light'],
    [390, 'dark'],
  ] as const)('alerts to brighter images at %i pixels, %s, without a serious fault', async (width, scheme) => {
    const { page, errors, close } = await visit(bright, { width, scheme });
    await page.getByText('Drift: the held-out records are not like').waitFor();
    expect(await page.locator('#images .notice').first().textContent()).toContain('brightness (mean)');
    expect(await page.locator('#images .threshold').count()).toBe(4);
    expect(await seriousFaults(page)).toEqual([]);
    expect(await sidewaysScroll(page)).toBe(0);
    await shoot(page, `images-${width}-${scheme}`);
    expect(errors).toEqual([]);
    await close();
  });

  test.each([1280, 390])('shows what moved the judgement of rows of a table at %i pixels', async (width) => {
    const { page, errors, close } = await visit(rows, { width });
    const chart = page.getByRole('img', { name: /^Record 1: taken for (malignant|benign) with/ });
    await chart.waitFor();
    expect(await page.locator('#images canvas').count()).toBe(0);
    expect(await page.locator('#images h2').textContent()).toBe('Own records');
    expect(await page.getByRole('img', { name: /^Record \d: / }).count()).toBe(6);
    expect(await seriousFaults(page)).toEqual([]);
    expect(await sidewaysScroll(page)).toBe(0);
    await shoot(page, `images-rows-${width}`);
    expect(errors).toEqual([]);
    await close();
  });

  test('says what comes before the first evaluation, and asks again when there is more', async () => {
    const { page, close } = await visit(null);
    await page.getByText('own images appear here once the second round has begun').waitFor();
    view = busyView({ recordsAre: 'tables' });
    views.changed();
    await page.getByText('own records appear here once the second round has begun').waitFor();
    pictures = digits;
    view = busyView({ picturesOf: 7 });
    views.changed();
    await page.locator('#images canvas').nth(11).waitFor();
    expect(await page.getByText('appear here when').count()).toBe(0);
    await close();
  });
});
