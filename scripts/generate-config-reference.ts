/** Writes docs/CONFIGURATION.md from the schemas; with --check it only says whether the file is fresh. */
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { peerConfigSchema } from '../src/peer/peer-config.ts';

const TARGET = new URL('../docs/CONFIGURATION.md', import.meta.url);

interface Field {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Field[];
  readonly items?: Field;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly description?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Field>>;
  readonly required?: readonly string[];
}

function typeOf(field: Field): string {
  if (field.enum !== undefined) return field.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (field.anyOf !== undefined) return [...new Set(field.anyOf.map(typeOf))].join(' or ');
  if (field.type === 'array') return `list of ${typeOf(field.items ?? {})}`;
  const range =
    field.minimum !== undefined && field.maximum !== undefined ? `, ${field.minimum} to ${field.maximum}` : '';
  const names: Readonly<Record<string, string>> = {
    integer: 'whole number',
    boolean: 'true or false',
    string: 'text',
    object: 'names and values',
    null: 'null',
  };
  return `${names[field.type ?? ''] ?? 'text'}${range}`;
}

/** One row a field, those of objects under a dotted name. */
function rowsOf(field: Field, prefix: string, inherited: unknown): string[] {
  return Object.entries(field.properties ?? {}).flatMap(([name, each]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    if (each.properties !== undefined) return rowsOf(each, path, each.default);
    const fallback = (inherited as Record<string, unknown> | undefined)?.[name] ?? each.default;
    const value = fallback === undefined ? 'required' : `\`${JSON.stringify(fallback)}\``;
    return [`| \`${path}\` | ${typeOf(each)} | ${value} | ${each.description ?? ''} |`];
  });
}

const schema = z.toJSONSchema(peerConfigSchema, { io: 'input', unrepresentable: 'any' }) as Field;
const undescribed = rowsOf(schema, '', undefined).filter((row) => row.endsWith('|  |'));
if (undescribed.length > 0) throw new Error(`fields without a description:\n${undescribed.join('\n')}`);

const text = `# Configuration of a peer

\`peer.json\` in a member's data folder; paths are relative to that folder. \`consilium peer init --contract …\` writes one that starts. Unknown
keys, keys that stand twice, wrong types and values out of range are refused before anything is opened, with the name of the key
(exit code 2). This page is generated: \`npm run config-reference\`.

| field | type | default | meaning |
| ----- | ---- | ------- | ------- |
${rowsOf(schema, '', undefined).join('\n')}
`;

if (!process.argv.includes('--check')) {
  writeFileSync(TARGET, text);
} else if (readFileSync(TARGET, 'utf8') !== text) {
  process.stderr.write("docs/CONFIGURATION.md is not what the schema says; run 'npm run config-reference'\n");
  process.exitCode = 1;
}
