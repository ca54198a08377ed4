import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findCycles, type Import, importsOf, readImports } from './import-graph.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A folder imports only from folders of a lower rank (docs/ARCHITECTURE.md). */
const RANKS: Readonly<Record<string, number>> = {
  base: 0,
  protocol: 1,
  model: 1,
  data: 1,
  http: 1,
  privacy: 2,
  valuation: 2,
  mixing: 2,
  gossip: 2,
  ledger: 2,
  audit: 3,
  peer: 4,
  web: 5,
  cli: 6,
};

/** Packages that only some folders may know. */
const FENCES: readonly { readonly packages: RegExp; readonly folders: readonly string[] }[] = [
  { packages: /^(libp2p|@libp2p\/|@chainsafe\/libp2p|@multiformats\/multiaddr|it-)/, folders: ['gossip'] },
  { packages: /^ethers/, folders: ['ledger', 'protocol'] },
  { packages: /^hardhat/, folders: ['ledger'] },
  { packages: /^@tensorflow\//, folders: ['model'] },
  { packages: /^node:sqlite/, folders: ['ledger', 'peer'] },
  { packages: /^(dcmjs|dicom-parser|nifti-reader|fast-png|jpeg-js|csv-parse)/, folders: ['data'] },
  { packages: /^@ipld\/car/, folders: ['audit'] },
  { packages: /^(node:perf_hooks)/, folders: ['base'] },
  { packages: /^prom-client/, folders: ['base'] },
  { packages: /^pino/, folders: ['cli'] },
  { packages: /^node:http/, folders: ['http', 'ledger'] },
  { packages: /^(preact|d3-)/, folders: ['web'] },
];

const folderOf = (path: string): string => path.split('/')[1] ?? '';

/** Which imports break which rule; empty for a sound graph. */
function violations(imports: readonly Import[]): string[] {
  const ranks = imports
    .filter(({ external, from, to }) => !external && folderOf(from) !== folderOf(to))
    .filter(({ from, to }) => !((RANKS[folderOf(to)] ?? Number.POSITIVE_INFINITY) < (RANKS[folderOf(from)] ?? -1)))
    .map(({ from, to }) => `${from} may not import ${to}`);
  const fences = imports.flatMap(({ from, to, external }) =>
    FENCES.filter(({ packages, folders }) => external && packages.test(to) && !folders.includes(folderOf(from))).map(
      () => `${from} may not know ${to}`,
    ),
  );
  return [...ranks, ...fences];
}

const imports = readImports(ROOT, 'src');

describe('the layers', () => {
  test('are those that have a rank', () => {
    expect(
      [...new Set(imports.map(({ from }) => folderOf(from)))].filter((folder) => RANKS[folder] === undefined),
    ).toEqual([]);
  });

  test('import only from lower ranks, and vendors only behind their fences', () => {
    expect(violations(imports)).toEqual([]);
  });

  test('hold no cycle between files', () => {
    expect(findCycles(imports)).toEqual([]);
  });

  test('import nothing from scripts or tests', () => {
    expect(imports.filter(({ to, external }) => !external && !to.startsWith('src/'))).toEqual([]);
  });
});

describe('the check itself', () => {
  test('sees a rank, a fence and a sibling broken', () => {
    const bad = [
      ...importsOf('src/base/a.ts', `import { b } from '../protocol/b.ts';`, '/'),
      ...importsOf('src/data/a.ts', `import type { b } from '../model/b.ts';`, '/'),
      ...importsOf('src/peer/a.ts', `export { b } from 'ethers';`, '/'),
      ...importsOf('src/gossip/a.ts', `const b = await import('@tensorflow/tfjs-core');`, '/'),
      ...importsOf('src/peer/a.ts', `import { Counter } from 'prom-client';`, '/'),
    ];
    expect(violations(bad)).toHaveLength(5);
  });

  test('sees a cycle', () => {
    const cycle = [
      ...importsOf('src/base/a.ts', `import { b } from './b.ts';`, '/'),
      ...importsOf('src/base/b.ts', `import { a } from './a.ts';`, '/'),
    ];
    expect(findCycles(cycle)).toHaveLength(1);
  });

  test('reads imports over several lines', () => {
    expect(importsOf('src/base/a.ts', `import {\n  b,\n  c,\n} from './b.ts';`, '/')).toHaveLength(1);
    expect(imports.length).toBeGreaterThan(300);
  });
});

/** Whatever a peer could log, count or send of them (docs/decisions/0028). */
test("peers read no members' own files, only what was prepared", () => {
  const prepared = /^src\/data\/(prepared-|dataset\.ts|data-error\.ts|input-spec\.ts|check-input\.ts)/;
  const below = /^src\/(protocol|model|privacy|mixing|valuation|gossip|ledger|audit|peer)\//;
  const readers = imports.filter(
    ({ from, to }) => below.test(from) && to.startsWith('src/data/') && !prepared.test(to),
  );
  expect(readers).toEqual([]);
});

/** Sources that decide by the calendar or by unseeded chance would not be repeatable; a page shows the reader's time. */
test('clock and chance come through base', async () => {
  const { readFileSync } = await import('node:fs');
  const files = [...new Set(imports.map(({ from }) => from))].filter(
    (file) => !/^src\/(base|cli|ledger\/embedded|web\/client)\//.test(file),
  );
  const offenders = files.filter((file) =>
    /\bMath\.random\(|\bDate\.now\(|\bnew Date\(|\bperformance\.now\(/.test(readFileSync(`${ROOT}/${file}`, 'utf8')),
  );
  expect(offenders).toEqual([]);
});
