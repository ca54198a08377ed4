/** Writes src/model/mix-kernel-code.ts from mix-kernel.wat; with --check it only says whether the file is fresh. */
import { readFileSync, writeFileSync } from 'node:fs';
import createWabt from 'wabt';

const SOURCE = new URL('../src/model/mix-kernel.wat', import.meta.url);
const TARGET = new URL('../src/model/mix-kernel-code.ts', import.meta.url);
const LINE = 120;

const wabt = await createWabt();
const module = wabt.parseWat('mix-kernel.wat', readFileSync(SOURCE, 'utf8'), { simd: true });
module.validate();
const code = Buffer.from(module.toBinary({}).buffer).toString('base64');
const lines = code.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
const text = `// Generated from mix-kernel.wat by scripts/generate-mix-kernel.ts; do not edit.

/** WebAssembly module of the mixing loops, in base64. */
export const MIX_KERNEL_CODE = [
${lines.map((line) => `  '${line}',`).join('\n')}
].join('');
`;

if (!process.argv.includes('--check')) {
  writeFileSync(TARGET, text);
} else if (readFileSync(TARGET, 'utf8') !== text) {
  process.stderr.write("src/model/mix-kernel-code.ts is not what mix-kernel.wat gives; run 'npm run mix-kernel'\n");
  process.exitCode = 1;
}
