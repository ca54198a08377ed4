import { isProduction, parseSources, type Sources } from '../solidity-project.ts';
import { applyEdits, fromByteText, lineAt, toByteText } from '../source-text.ts';
import {
  childOf,
  childrenOf,
  conditionOf,
  endOf,
  isBlock,
  isSyntaxNode,
  nodesBelow,
  type SyntaxNode,
  startOf,
  statementEnd,
} from '../syntax-tree.ts';
import { faultsAt, faultsInDeclaration } from './fault-operators.ts';
import type { FaultScope } from './fault-scope.ts';
import type { Fault, Mutant, SwitchSite } from './mutant.ts';
import { swappableDeclarations } from './value-faults.ts';

/** Every mutant of the production contracts, in the order of the files and of their text. */
export function findMutants(sources: Sources): Mutant[] {
  const trees = parseSources(sources);
  const declarations = swappableDeclarations(trees.values());
  const found = Object.entries(sources).flatMap(([file, content]) => {
    const tree = trees.get(file);
    if (tree === undefined || !isProduction(file)) return [];
    return new Finder(file, { text: toByteText(content), declarations }).find(tree);
  });
  const unique = new Map(
    found.map((mutant) => [`${mutant.file} ${mutant.start} ${mutant.end} ${mutant.replacement}`, mutant]),
  );
  return [...unique.values()].map((mutant, index) => ({ ...mutant, id: index + 1 }));
}

type Unnumbered = Omit<Mutant, 'id'>;

class Finder {
  readonly #found: Unnumbered[] = [];
  readonly #file: string;
  readonly #scope: FaultScope;

  constructor(file: string, scope: FaultScope) {
    this.#file = file;
    this.#scope = scope;
  }

  find(tree: SyntaxNode): Unnumbered[] {
    this.#enterDeclaration(tree);
    return this.#found;
  }

  #enterDeclaration(node: SyntaxNode): void {
    if (node.contractKind === 'interface') return;
    this.#add(faultsInDeclaration(node, this.#scope), node, undefined);
    const body = childOf(node, 'body');
    if (body !== undefined) this.#enterCode(body, node, undefined);
    for (const member of childrenOf(node, 'nodes')) this.#enterDeclaration(member);
  }

  /** `around` is what a report shows, `site` where the mutants of this node can be switched. */
  #enterCode(node: SyntaxNode, around: SyntaxNode, site: SwitchSite | undefined): void {
    this.#add(faultsAt(node, this.#scope), around, site);
    const condition = conditionOf(node);
    for (const below of nodesBelow(node)) {
      if (below === condition && /^(?:If|For|While)Statement$/.test(node.nodeType)) {
        // The faults of the condition itself were added with the statement around them.
        this.#enterCode(below, node, conditionSite(below));
      } else if (isStatementOf(node, below)) {
        this.#enterCode(below, below, statementSite(this.#scope.text, below));
      } else {
        this.#enterCode(below, around, site);
      }
    }
  }

  #add(faults: readonly Fault[], around: SyntaxNode, site: SwitchSite | undefined): void {
    for (const fault of faults) {
      const condition = site === undefined ? conditionOf(around) : undefined;
      const isInCondition =
        condition !== undefined && startOf(condition) <= fault.start && fault.end <= endOf(condition);
      const usable = isInCondition && around.nodeType !== 'FunctionCall' ? conditionSite(condition) : site;
      const [before, after] = this.#shown(around, fault);
      const line = lineAt(this.#scope.text, fault.start);
      this.#found.push({
        ...fault,
        file: this.#file,
        line,
        before,
        after,
        ...(usable === undefined ? {} : { site: usable }),
      });
    }
  }

  #shown(around: SyntaxNode, { start, end, replacement }: Fault): [string, string] {
    const from = Math.min(startOf(around), start);
    const body = ['body', 'trueBody', 'block'].map((field) => childOf(around, field)).find(isSyntaxNode);
    const to = Math.max(body === undefined ? endOf(around) : startOf(body), end);
    const text = this.#scope.text.slice(from, to);
    const mutated = applyEdits(text, [{ start: start - from, end: end - from, replacement }]);
    return [singleSpaced(text), singleSpaced(mutated)];
  }
}

const singleSpaced = (text: string): string => fromByteText(text).replaceAll(/\s+/g, ' ').trim();

const conditionSite = (node: SyntaxNode): SwitchSite => ({ kind: 'condition', node, end: endOf(node) });

/** A statement in a block, or the only one of a branch or a loop. */
function isStatementOf(parent: SyntaxNode, node: SyntaxNode): boolean {
  if (isBlock(parent)) return true;
  return ['trueBody', 'falseBody', 'body'].some((field) => parent[field] === node);
}

const SWITCHABLE = new Set(['ExpressionStatement', 'EmitStatement', 'RevertStatement', 'Return', 'Break', 'Continue']);

/** None for what holds other statements: only its condition can be switched. */
function statementSite(text: string, node: SyntaxNode): SwitchSite | undefined {
  const end = statementEnd(text, node);
  if (SWITCHABLE.has(node.nodeType)) return { kind: 'statement', node, end };
  const isInitialised = node.nodeType === 'VariableDeclarationStatement' && childOf(node, 'initialValue') !== undefined;
  return isInitialised ? { kind: 'declaration', node, end } : undefined;
}
