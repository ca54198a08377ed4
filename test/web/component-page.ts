import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BROWSER_BUNDLE } from '../../scripts/web/browser-bundle.ts';
import type { Route } from '../../src/http/route.ts';

const CLIENT = fileURLToPath(new URL('../../src/web/client', import.meta.url));

/**
 * Routes of a page with one component on it, under the policy of all pages.
 * @param script a module that puts it there; its imports are relative to `src/web/client`
 */
export async function componentRoutes(script: string): Promise<Route[]> {
  const { outputFiles } = await build({
    ...BROWSER_BUNDLE,
    stdin: { contents: `import './style/index.css';\n${script}`, resolveDir: CLIENT, loader: 'tsx' },
    outfile: 'page.js',
    format: 'esm',
    write: false,
  });
  const html =
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">' +
    '<title>A component</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/page.css">' +
    '<script type="module" src="/page.js"></script></head><body><main><div id="page"></div></main></body></html>';
  const route = (path: string, type: string, body: string): Route => ({
    path,
    access: 'open',
    answer: () => ({ code: 200, type, body }),
  });
  const textOf = (ending: string): string => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  return [
    route('/', 'text/html; charset=utf-8', html),
    route('/page.js', 'text/javascript; charset=utf-8', textOf('.js')),
    route('/page.css', 'text/css; charset=utf-8', textOf('.css')),
  ];
}
