import type { Sources } from '../solidity-project.ts';
import { applyEdits, fromByteText, type TextEdit, toByteText } from '../source-text.ts';
import { childOf, childrenOf, endOf, startOf } from '../syntax-tree.ts';
import type { Mutant, SwitchSite } from './mutant.ts';

const SWITCH_PATH = 'mutation-switch.sol';

/** The balance of this address is the number of the mutant that is active: code can read it anywhere, cheaply. */
export const SWITCH_ADDRESS = '0x6d7574616e740000000000000000000000000000';

const SWITCH_SOURCE = `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;
function mutantRead(uint256 id) view returns (bool) { return address(uint160(${BigInt(SWITCH_ADDRESS)})).balance == id; }
function mutantAsPure(function(uint256) view returns (bool) read) pure returns (function(uint256) pure returns (bool) pureRead) {
    assembly ("memory-safe") { pureRead := read }
}
function mutantIs(uint256 id) pure returns (bool) { return mutantAsPure(mutantRead)(id); }
`;

/**
 * All the mutants in one program, each behind the question whether it is the active one. Compiling takes seconds and
 * running the tests a tenth of one, so this is what makes it possible to try them all.
 */
export function switchedSources(sources: Sources, mutants: readonly Mutant[]): Sources {
  const files = Object.groupBy(mutants, ({ file }) => file);
  const changed = Object.entries(files).map(([file, own = []]) => [file, switchedFile(sources[file] ?? '', own)]);
  return { ...sources, ...Object.fromEntries(changed), [SWITCH_PATH]: SWITCH_SOURCE };
}

function switchedFile(content: string, mutants: readonly Mutant[]): string {
  const text = toByteText(content);
  const sites = Map.groupBy(mutants, ({ site }) => site?.node.id);
  const edits = [...sites.values()].flatMap((own) => switchedSite(text, own));
  return fromByteText(`${applyEdits(text, edits)}\nimport {mutantIs} from "${SWITCH_PATH}";\n`);
}

function switchedSite(text: string, mutants: readonly Mutant[]): TextEdit[] {
  const site = mutants[0]?.site;
  if (site === undefined) return [];
  const start = startOf(site.node);
  const choice = site.kind === 'condition' ? conditionChoice : statementChoice;
  return [{ start, end: site.end, replacement: choice(text, site, mutants) }];
}

/** Marks let the place of a compiler's complaint be traced to the mutant. */
const marked = (id: number, text: string): string => `/*m${id}*/${text}/*.*/`;

function conditionChoice(text: string, site: SwitchSite, mutants: readonly Mutant[]): string {
  const start = startOf(site.node);
  const original = text.slice(start, site.end);
  const choices = mutants.map(
    (mutant) => `mutantIs(${mutant.id}) ? ${marked(mutant.id, `(${mutated(text, start, site.end, mutant)})`)} : `,
  );
  return `(${choices.join('')}(${original}))`;
}

/** A declaration is split from its value, which is what the mutants differ in. */
function statementChoice(text: string, site: SwitchSite, mutants: readonly Mutant[]): string {
  const { declared, assigned, start } =
    site.kind === 'declaration' ? splitDeclaration(text, site) : wholeStatement(site);
  const choices = mutants.map(
    (mutant) =>
      `if (mutantIs(${mutant.id})) { ${marked(mutant.id, assigned + mutated(text, start, site.end, mutant))} } else `,
  );
  const chosen = `${choices.join('')}{ ${assigned}${text.slice(start, site.end)} }`;
  return site.kind === 'declaration' ? `${declared} ${chosen}` : `{ ${chosen} }`;
}

interface SplitStatement {
  readonly declared: string;
  readonly assigned: string;
  readonly start: number;
}

const wholeStatement = ({ node }: SwitchSite): SplitStatement => ({ declared: '', assigned: '', start: startOf(node) });

function splitDeclaration(text: string, { node }: SwitchSite): SplitStatement {
  const declarations = childrenOf(node, 'declarations');
  const declared = declarations.map((each) => `${text.slice(startOf(each), endOf(each))};`).join(' ');
  const value = childOf(node, 'initialValue');
  const start = value === undefined ? endOf(node) : startOf(value);
  const names = new Map(declarations.map(({ id, name }) => [id, String(name)]));
  const slots = (node.assignments as readonly (number | null)[]).map((id) => (id === null ? '' : names.get(id)));
  return { declared, assigned: `${slots.length === 1 ? slots[0] : `(${slots.join(', ')})`} = `, start };
}

function mutated(text: string, start: number, end: number, mutant: Mutant): string {
  return applyEdits(text.slice(start, end), [
    { start: mutant.start - start, end: mutant.end - start, replacement: mutant.replacement },
  ]);
}

/** The mutant in whose text the compiler found an error. */
export function mutantAtError(content: string, offset: number): number | undefined {
  const before = toByteText(content).slice(0, offset);
  const mark = before.lastIndexOf('/*m');
  if (mark < 0 || before.indexOf('/*.*/', mark) >= 0) return undefined;
  return Number(/^\/\*m(\d+)/.exec(before.slice(mark))?.[1]);
}

/** The sources with one mutant in them for good. */
export function mutatedSources(sources: Sources, mutant: Mutant): Sources {
  const text = toByteText(sources[mutant.file] ?? '');
  return { ...sources, [mutant.file]: fromByteText(applyEdits(text, [mutant])) };
}
