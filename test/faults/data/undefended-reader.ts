/** A reading process without any check, to show that the limits around a process hold what its checks let through. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

process.on('message', ({ path }: { path: string }) => {
  const bytes = readFileSync(path);
  const order = bytes.toString('latin1', 0, 4);
  if (order === 'hang') for (;;);
  if (order === 'fall') process.abort();
  if (order === 'heap') fillHeap();
  const image = order === 'take' ? Buffer.alloc(Number(bytes.subarray(4)) * 2 ** 20, 1) : gunzipSync(bytes);
  const part = { part: null, label: 'x', values: Float32Array.of(image.length), shape: [1, 1, 1] };
  process.send?.({ type: 'parts', person: { patient: null }, parts: [part] });
  process.send?.({ type: 'end', problem: null });
});
process.on('uncaughtException', (thrown) => {
  console.error(thrown.message);
  process.exit(1);
});
process.send?.({ type: 'ready' });

function fillHeap(): void {
  const kept: number[][] = [];
  for (;;) kept.push(Array.from({ length: 10_000 }, (_, index) => index + 0.5));
}
