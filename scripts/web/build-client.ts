import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildResult, build } from 'esbuild';
import { PAGE_NAMES, type PageName } from '../../src/web/page-name.ts';
import { WEB_BUNDLE_FOLDER, WEB_BUNDLE_LIST, type WebBundle } from '../../src/web/web-bundle.ts';
import { BROWSER_BUNDLE } from './browser-bundle.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLIENT = join(ROOT, 'src/web/client');

const TITLES: Readonly<Record<PageName, string>> = { member: 'Consilium peer', auditor: 'Consilium audit' };
const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

/** Bundles the pages for the browser; the same sources give the same bytes. Replaces the bundle in one step. */
export async function buildClient(folder = WEB_BUNDLE_FOLDER): Promise<WebBundle> {
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: PAGE_NAMES.map((page) => join(CLIENT, `${page}.tsx`)),
    outdir: folder,
    entryNames: '[name]-[hash]',
    chunkNames: 'chunk-[hash]',
    ...BROWSER_BUNDLE,
    splitting: true,
    format: 'esm',
    metafile: true,
    write: false,
  });
  const report = await build({
    absWorkingDir: ROOT,
    entryPoints: [join(CLIENT, 'report.tsx')],
    outdir: folder,
    ...BROWSER_BUNDLE,
    format: 'iife',
    write: false,
  });
  const scratch = `${folder}.${process.pid}`;
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  for (const { path, contents } of [...result.outputFiles, ...report.outputFiles])
    await writeFile(join(scratch, basename(path)), contents);
  for (const page of PAGE_NAMES) await writeFile(join(scratch, `${page}.html`), pageHtml(page, result));
  const bundle: WebBundle = {
    files: result.outputFiles.map(({ path }) => ({
      name: basename(path),
      type: TYPES[path.split('.').at(-1) ?? ''] ?? '',
    })),
    pages: Object.fromEntries(PAGE_NAMES.map((page) => [page, `${page}.html`])),
  };
  await writeFile(join(scratch, WEB_BUNDLE_LIST), `${JSON.stringify(bundle, null, 2)}\n`);
  await rm(folder, { recursive: true, force: true });
  await rename(scratch, folder);
  return bundle;
}

function pageHtml(page: PageName, { metafile }: BuildResult<{ metafile: true }>): string {
  const [script = '', output] =
    Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint?.endsWith(`/${page}.tsx`)) ?? [];
  const style = output?.cssBundle ?? '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${TITLES[page]}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/${basename(style)}">
<script type="module" src="/assets/${basename(script)}"></script>
</head>
<body><div id="page"></div><noscript>This page needs JavaScript. The same is told by the commands of consilium, see its --help.</noscript></body>
</html>
`;
}

/** Builds the pages if a source, a package or the builder is newer than they are. */
export async function buildClientIfStale(): Promise<void> {
  const list = join(WEB_BUNDLE_FOLDER, WEB_BUNDLE_LIST);
  if (existsSync(list)) {
    const built = statSync(list).mtimeMs;
    const sources = ['src', 'scripts/web'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(ROOT, folder, file)),
    );
    if ([...sources, join(ROOT, 'package-lock.json')].every((file) => statSync(file).mtimeMs <= built)) return;
  }
  await buildClient();
}
