import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BROWSER_BUNDLE } from '../../scripts/web/browser-bundle.ts';
import type { Route } from '../../src/http/route.ts';

const CLIENT = fileURLToPath(new URL('../../src/web/client', import.meta.url));

interface Bundled {
  readonly js: string;
  readonly css: string;
}

/** @param script a module that puts a component into the page; its imports are relative to `src/web/client` */
async function bundle(script: string): Promise<Bundled> {
  const { outputFiles } = await build({
    ...BROWSER_BUNDLE,
    stdin: { contents: `import './style/index.css';\n${script}`, resolveDir: CLIENT, loader: 'tsx' },
    outfile: 'page.js',
    format: 'esm',
    write: false,
  });
  const textOf = (ending: string): string => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  return { js: textOf('.js'), css: textOf('.css') };
}

const documentOf = (head: string, tail: string): string =>
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">' +
  `<title>A component</title><link rel="icon" href="data:,">${head}</head><body><main><div id="page"></div></main>${tail}</body></html>`;

/** One file with everything in it, that allows nothing but what is in it. @param script see `componentRoutes` */
export async function componentDocument(script: string): Promise<string> {
  const { js, css } = await bundle(script);
  const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const policy = `default-src 'none'; script-src ${hashOf(js)}; style-src ${hashOf(css)}; img-src data:; worker-src blob:`;
  return documentOf(
    `<meta http-equiv="Content-Security-Policy" content="${policy}"><style>${css}</style>`,
    `<script type="module">${js}</script>`,
  );
}

/**
 * Routes of a page with one component on it, under the policy of all pages.
 * @param script a module that puts it there; its imports are relative to `src/web/client`
 */
export async function componentRoutes(script: string): Promise<Route[]> {
  const { js, css } = await bundle(script);
  const html = documentOf('<link rel="stylesheet" href="/page.css"><script type="module" src="/page.js"></script>', '');
  const route = (path: string, type: string, body: string): Route => ({
    path,
    access: 'open',
    answer: () => ({ code: 200, type, body }),
  });
  return [
    route('/', 'text/html; charset=utf-8', html),
    route('/page.js', 'text/javascript; charset=utf-8', js),
    route('/page.css', 'text/css; charset=utf-8', css),
  ];
}
