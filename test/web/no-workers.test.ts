import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ReadOnlyServer, startReadOnlyServer } from '../../src/http/read-only-server.ts';
import { readPageRoutes } from '../../src/web/web-bundle.ts';
import { describeInBrowser } from './browser.ts';
import { seriousFaults } from './check-accessibility.ts';

const CHOOSE = 'Choose a file';

describeInBrowser('verifying in a browser', ({ open }) => {
  let server: ReadOnlyServer;
  beforeAll(async () => {
    server = await startReadOnlyServer(await readPageRoutes('auditor'), { host: '127.0.0.1', port: 0, token: null });
  });
  afterAll(() => server.stop());

  test('without workers is refused before a file is chosen, with what to do instead', async () => {
    const { page, errors, close } = await open();
    await page.addInitScript('delete globalThis.Worker');
    await page.goto(`${server.url}/#/verify`);
    expect(await page.getByRole('alert').textContent()).toContain('consilium audit verify');
    expect(await page.getByText(CHOOSE).count()).toBe(0);
    expect(await seriousFaults(page)).toEqual([]);
    expect(errors).toEqual([]);
    await close();
  });

  test('with workers begins with choosing a file', async () => {
    const { page, close } = await open();
    await page.goto(`${server.url}/#/verify`);
    await page.getByText(CHOOSE).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await close();
  });
});
