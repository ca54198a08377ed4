import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const executable = CANDIDATES.find((path) => existsSync(path));

/** For what comes about within a second where nothing else runs; shorter than the tests' own time, so that a failure says what did not. */
const PATIENCE_MILLISECONDS = 120_000;

/** Where pictures of the pages are kept, to be looked at; ignored by git. */
const SCREENSHOTS = fileURLToPath(new URL('../../runs/screenshots', import.meta.url));

export interface BrowserTests {
  /** A page of its own, without anything stored; errors and refusals of its content policy are collected. */
  open(options?: OpenOptions): Promise<Opened>;
}

export interface OpenOptions {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: 'light' | 'dark';
  readonly javaScriptEnabled?: boolean;
}

export interface Opened {
  readonly page: Page;
  /** What the page threw, logged as an error or was refused by its content policy. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

/** Tests in the system's Chromium; where there is none they say that they are skipped. */
export function describeInBrowser(name: string, tests: (browser: BrowserTests) => void): void {
  const isHere = executable !== undefined;
  if (!isHere)
    process.stderr.write(`skipped, for there is no Chromium here (Debian: apt-get install chromium): ${name}\n`);
  describe.skipIf(!isHere)(`${name}, in Chromium`, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await chromium.launch({
        ...(executable === undefined ? {} : { executablePath: executable }),
        args: ['--no-sandbox', '--disable-gpu'],
      });
    });
    afterAll(() => browser?.close());
    tests({ open: (options) => openPage(browser, options) });
  });
}

async function openPage(browser: Browser, options: OpenOptions = {}): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
    colorScheme: options.scheme ?? 'light',
    javaScriptEnabled: options.javaScriptEnabled ?? true,
  });
  context.setDefaultTimeout(PATIENCE_MILLISECONDS);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return { page, errors, close: () => context.close() };
}

/** Waits until a page has taken in the address that it was just given, and loads nothing more. */
export async function settled(page: Page): Promise<void> {
  // What a change of the address brings about has begun by the second frame.
  await page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))',
  );
  await page.locator('main section').first().waitFor();
  await expect.poll(() => page.locator('.spinner').count()).toBe(0);
}

/** Keeps a picture of the whole page as `runs/screenshots/<name>.png`. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true, animations: 'disabled' });
}
