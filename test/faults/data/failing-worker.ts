/** A worker that one file ends, another keeps for ever, and that reads all others. */
import { unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BatchOutcome, FuzzBatch } from './fuzz-batch.ts';
import { NOTHING_READ } from './fuzz-tally.ts';

process.on('message', ({ files, folder }: FuzzBatch) => {
  for (const { name, bytes } of files) {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    if (name.endsWith('-3')) process.abort();
    if (name.endsWith('-5')) for (;;);
    unlinkSync(path);
  }
  const outcome: BatchOutcome = { ...NOTHING_READ, read: files.length, idleMebibytes: 0, mebibytes: 0, seconds: 0 };
  process.send?.(outcome);
});
process.on('disconnect', () => process.exit());
