import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const CLIENT = fileURLToPath(new URL('../../src/web/client', import.meta.url));

/** The one Node module that code for both sides needs: SHA-256. */
const nodeCrypto: Plugin = {
  name: 'node-crypto',
  setup({ onResolve }) {
    onResolve({ filter: /^(node:)?crypto$/ }, () => ({ path: join(CLIENT, 'node-crypto.ts') }));
  },
};

/** Messages of schemas in fifty languages, of which none is shown. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/** `x.ts?worker` is the text of the script that x.ts bundles to: a page makes a worker of it, wherever the page came from. */
const workerSource: Plugin = {
  name: 'worker-source',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.ts\?worker$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.slice(0, path.indexOf('?'))),
      namespace: 'worker-source',
    }));
    onLoad({ filter: /.*/, namespace: 'worker-source' }, async ({ path }) => ({
      contents: `export const source = ${JSON.stringify(await bundleWorker(path))};`,
      resolveDir: dirname(path),
    }));
  },
};

/** One script of a module and all that it imports, for a worker. */
export async function bundleWorker(path: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path],
    ...BROWSER_OPTIONS,
    format: 'iife',
    write: false,
    plugins: [nodeCrypto, englishOnly],
  });
  return outputFiles[0]?.text ?? '';
}

const BROWSER_OPTIONS = {
  bundle: true,
  platform: 'browser',
  target: 'es2023',
  minify: true,
  legalComments: 'none',
  tsconfig: join(CLIENT, 'tsconfig.json'),
} as const;

/** What code for both sides needs in order to be bundled for browsers. */
export const BROWSER_BUNDLE = { ...BROWSER_OPTIONS, plugins: [nodeCrypto, englishOnly, workerSource] };
