import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { WEB_BUNDLE_FOLDER } from '../src/web/web-bundle.ts';
import { buildClient, buildClientIfStale } from './web/build-client.ts';

// Bundles the dashboard's pages into .consilium/web; with --if-stale only where a source is newer, and without a word.
if (process.argv.includes('--if-stale')) {
  await buildClientIfStale();
} else {
  const { files } = await buildClient();
  for (const { name } of files) {
    const bytes = readFileSync(join(WEB_BUNDLE_FOLDER, name));
    const kilobytes = (size: number): string => `${(size / 1000).toFixed(1).padStart(7)} kB`;
    process.stdout.write(`${kilobytes(bytes.length)} ${kilobytes(gzipSync(bytes).length)} compressed  ${name}\n`);
  }
}
