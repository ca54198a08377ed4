import { mkdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = join(ROOT, '.consilium', 'test-workers');

/** What a start costs is mostly finding and compiling the libraries: the environment in which a second start finds them compiled. */
export const COMPILED_BEFORE = { NODE_COMPILE_CACHE: join(ROOT, '.consilium', 'compile-cache') };

const made = new Map<string, Promise<URL>>();

/**
 * A worker script and all that it imports in one file: a process of it is there in a quarter of the time, which counts where a test starts
 * many. The script must not look for files beside itself. @returns the file, which stays for the next run
 */
export function bundleWorker(script: URL): Promise<URL> {
  const bundle = made.get(script.href) ?? makeBundle(fileURLToPath(script));
  made.set(script.href, bundle);
  return bundle;
}

async function makeBundle(script: string): Promise<URL> {
  await mkdir(FOLDER, { recursive: true });
  const file = join(FOLDER, `${basename(script, '.ts')}.mjs`);
  // Two test files may make it side by side; each starts a whole one.
  const scratch = `${file}.${process.pid}`;
  await build({
    absWorkingDir: ROOT,
    entryPoints: [script],
    outfile: scratch,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    logLevel: 'error',
    // Libraries in CommonJS ask for what belongs to Node.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
  });
  await rename(scratch, file);
  return pathToFileURL(file);
}
