import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Reply, Route } from '../http/route.ts';
import type { PageName } from './page-name.ts';
import { WebError } from './web-error.ts';

/** Where `npm run build:web` puts the pages. */
export const WEB_BUNDLE_FOLDER = fileURLToPath(new URL('../../.consilium/web', import.meta.url));

/** The file that lists what a bundle holds. */
export const WEB_BUNDLE_LIST = 'bundle.json';

const fileSchema = z.strictObject({
  /** Name in the bundle's folder and below `/assets/`; it holds a digest of the bytes. */
  name: z.string().regex(/^[\w.-]+$/),
  type: z.string(),
});

export const webBundleSchema = z.strictObject({
  files: z.array(fileSchema),
  /** HTML files in the folder. */
  pages: z.record(z.string(), z.string().regex(/^[\w.-]+$/)),
});

export type WebBundle = z.infer<typeof webBundleSchema>;

/**
 * The routes of a page: `/` and the scripts and styles that it loads. They hold no data, so they are open.
 * @throws WebError `web/not-built`
 */
export async function readPageRoutes(page: PageName, folder = WEB_BUNDLE_FOLDER): Promise<Route[]> {
  try {
    const bundle = webBundleSchema.parse(JSON.parse(await readFile(`${folder}/${WEB_BUNDLE_LIST}`, 'utf8')));
    const html = await readFile(`${folder}/${bundle.pages[page]}`);
    const routes = [openRoute('/', { code: 200, type: 'text/html; charset=utf-8', body: html, gzip: gzipSync(html) })];
    for (const { name, type } of bundle.files) {
      const body = await readFile(`${folder}/${name}`);
      routes.push(openRoute(`/assets/${name}`, { code: 200, type, body, gzip: gzipSync(body), immutable: true }));
    }
    return routes;
  } catch (cause) {
    throw notBuilt(cause);
  }
}

export function notBuilt(cause: unknown): WebError {
  const message = "the pages are not built; './consilium' builds them on first use, and so does 'npm run build:web'";
  return new WebError('web/not-built', message, { cause });
}

const openRoute = (path: string, reply: Reply): Route => ({ path, access: 'open', answer: () => reply });
