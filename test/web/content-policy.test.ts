import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ReadOnlyServer, startReadOnlyServer } from '../../src/http/read-only-server.ts';
import { PAGE_NAMES } from '../../src/web/page-name.ts';
import { readPageRoutes } from '../../src/web/web-bundle.ts';
import { describeInBrowser } from './browser.ts';

/** What a mistake in the page would do with a hostile name, or what its content could ask for; each is to be refused by the page's policy. */
const MISTAKES = {
  'text made markup': `document.body.innerHTML = '<b>name</b>'`,
  'a document written into': `document.write('<b>name</b>')`,
  'text run as a program': `new Function('return 1')()`,
  'text run by a timer': `setTimeout('document.title = 1')`,
  'a script of another server': `document.head.append(Object.assign(document.createElement('script'), { src: 'http://127.0.0.1:1/x.js' }))`,
  'a worker from anywhere': `new Worker('/assets/x.js')`,
  'a policy of its own': `trustedTypes.createPolicy('mine', { createHTML: (text) => text })`,
} as const;

/** These throw nothing: the browser reports them. */
const REQUESTS = {
  'a picture of another server': `new Image().src = 'http://127.0.0.1:1/x.png'`,
  'data sent to another server': `void fetch('http://127.0.0.1:1/', { method: 'POST', body: 'x', mode: 'no-cors' }).catch(() => {})`,
  'a form sent': `(() => { const form = document.createElement('form'); form.action = '/'; document.body.append(form); form.submit(); })()`,
  'a frame': `document.body.append(Object.assign(document.createElement('iframe'), { src: 'http://127.0.0.1:1/' }))`,
  'a style element': `document.head.append(Object.assign(document.createElement('style'), { textContent: 'body { background: url(http://127.0.0.1:1/) }' }))`,
  'another base for addresses': `document.head.append(Object.assign(document.createElement('base'), { href: 'http://127.0.0.1:1/' }))`,
} as const;

describeInBrowser('the policy of the pages', ({ open }) => {
  let server: ReadOnlyServer;
  beforeAll(async () => {
    server = await startReadOnlyServer(await readPageRoutes('auditor'), { host: '127.0.0.1', port: 0, token: null });
  });
  afterAll(() => server.stop());

  /** What a script of the page itself gets to hear; playwright's own would not be under the policy. */
  async function tryOut(script: string): Promise<{ thrown: boolean; violations: string[] }> {
    const { page, close } = await open();
    await page.route('**/assets/auditor-*.js', (route) =>
      route.fulfill({
        contentType: 'text/javascript',
        body: `const violations = [];
          addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective));
          let thrown = false;
          try { ${script}; } catch { thrown = true; }
          setTimeout(() => { globalThis.outcome = { thrown, violations }; }, 300);`,
      }),
    );
    await page.goto(server.url, { waitUntil: 'commit' });
    let outcome: unknown;
    await expect.poll(async () => (outcome = await page.evaluate('globalThis.outcome'))).toBeDefined();
    await close();
    return outcome as { thrown: boolean; violations: string[] };
  }

  test.each(Object.entries(MISTAKES))('stops %s', async (_what, script) => {
    const { thrown, violations } = await tryOut(script);
    expect(violations.length).toBeGreaterThan(0);
    expect(thrown || violations.includes('script-src-elem')).toBe(true);
  });

  test.each(Object.entries(REQUESTS))('stops %s', async (_what, script) => {
    expect((await tryOut(script)).violations.length).toBeGreaterThan(0);
  });

  test('(control) lets through what the pages do', async () => {
    const script = `document.body.append(document.createTextNode('<b>name</b>')); void fetch('/assets/none').catch(() => {})`;
    expect(await tryOut(script)).toEqual({ thrown: false, violations: [] });
  });

  test.each(PAGE_NAMES)('is not met by the %s page in anything it does at first', async (name) => {
    const each = await startReadOnlyServer(await readPageRoutes(name), {
      host: '127.0.0.1',
      port: 0,
      token: 'a'.repeat(64),
    });
    const { page, errors, close } = await open();
    await page.goto(each.url);
    await page.locator('h1').waitFor();
    expect(errors.filter((error) => /policy|trusted/i.test(error))).toEqual([]);
    await close();
    await each.stop();
  });
});
