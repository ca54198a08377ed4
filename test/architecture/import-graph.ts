import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** One import statement: from which file, of what. */
export interface Import {
  readonly from: string;
  /** A file of ours relative to the root, or a package's specifier. */
  readonly to: string;
  readonly external: boolean;
}

const STATEMENT =
  /(?:^|\n)\s*(?:import|export)\b[^;'"]*?\bfrom\s+['"]([^'"]+)['"]|(?:^|\n)\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** Every import of every TypeScript file below a folder. */
export function readImports(root: string, folder: string): Import[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.tsx?$/.test(file),
  );
  return files.flatMap((file) => {
    const path = join(folder, file);
    return importsOf(path, readFileSync(join(root, path), 'utf8'), root);
  });
}

/** The imports of one source text. */
export function importsOf(path: string, source: string, root: string): Import[] {
  return [...source.matchAll(STATEMENT)].map((match) => {
    const specifier = match[1] ?? match[2] ?? match[3] ?? '';
    if (!specifier.startsWith('.')) return { from: path, to: specifier, external: true };
    return { from: path, to: relative(root, resolve(root, dirname(path), specifier)), external: false };
  });
}

/** Cycles among files, each as the list of files that closes it. */
export function findCycles(imports: readonly Import[]): string[][] {
  const edges = Map.groupBy(
    imports.filter((i) => !i.external),
    (i) => i.from,
  );
  const done = new Set<string>();
  const cycles: string[][] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      cycles.push([...path.slice(start), file]);
      return;
    }
    if (done.has(file)) return;
    for (const { to } of edges.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of edges.keys()) visit(file, []);
  return cycles;
}
