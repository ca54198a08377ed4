import type { TextEdit } from '../source-text.ts';
import { applyEdits, fromByteText, lineAt, toByteText } from '../source-text.ts';
import {
  bodiesIn,
  childOf,
  childrenOf,
  conditionOf,
  endOf,
  isBlock,
  nodesUnder,
  type SyntaxNode,
  startOf,
  statementEnd,
  wordOf,
} from '../syntax-tree.ts';
import { PROBE_PATH } from './probe-source.ts';

/** Something that a test has to reach: a statement, both outcomes of a condition, or both of a modifier. */
export interface CoveragePoint {
  readonly id: number;
  readonly kind: 'statement' | 'condition' | 'modifier';
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** The text of a file with probes, and what they watch; the lines stay where they were. */
export function instrumentSource(
  source: { readonly file: string; readonly content: string; readonly tree: SyntaxNode },
  firstId: number,
): { readonly content: string; readonly points: readonly CoveragePoint[] } {
  const probes = new Probes(source.file, toByteText(source.content), firstId);
  for (const contract of childrenOf(source.tree, 'nodes')) probes.watchModifiersOf(contract);
  for (const definition of bodiesIn(source.tree)) probes.watchBody(definition);
  return probes.result();
}

class Probes {
  readonly points: CoveragePoint[] = [];
  readonly #edits: TextEdit[] = [];
  readonly #file: string;
  readonly #text: string;
  readonly #firstId: number;

  constructor(file: string, text: string, firstId: number) {
    this.#file = file;
    this.#text = text;
    this.#firstId = firstId;
  }

  result(): { readonly content: string; readonly points: readonly CoveragePoint[] } {
    const imported = `\nimport {coverageHit, coverageBranch, coverageCall} from "${PROBE_PATH}";\n`;
    return { content: fromByteText(applyEdits(this.#text, this.#edits) + imported), points: this.points };
  }

  /** Each statement, each condition and each operand of `&&` and `||` in a function or a modifier. */
  watchBody(definition: SyntaxNode): void {
    const body = childOf(definition, 'body');
    if (body === undefined) return;
    if (childrenOf(body, 'statements').length === 0) this.#watchEmptyBody(definition, body);
    for (const node of nodesUnder(body)) {
      if (isBlock(node)) for (const statement of childrenOf(node, 'statements')) this.#watchStatement(statement);
      for (const field of ['trueBody', 'falseBody', 'body']) this.#watchBareBody(childOf(node, field));
      for (const condition of conditionsOf(node)) this.#watchCondition(condition);
    }
  }

  /** Around each modifier, a modifier of ours on either side tells who came in and who got through. */
  watchModifiersOf(contract: SyntaxNode): void {
    for (const definition of childrenOf(contract, 'nodes')) {
      for (const invocation of childrenOf(definition, 'modifiers')) {
        if (wordOf(invocation, 'kind') !== 'modifierInvocation') continue;
        const id = this.#point('modifier', invocation);
        const declared = ['before', 'behind'].map(
          (place) => ` modifier coverage_${place}_${id}() { coverageCall(${id}, ${place === 'behind'}); _; }`,
        );
        this.#insert(this.#text.indexOf('{', headerEnd(contract)) + 1, declared.join(''));
        this.#insert(startOf(invocation), `coverage_before_${id} `);
        this.#insert(endOf(invocation), ` coverage_behind_${id}`);
      }
    }
  }

  #watchStatement(statement: SyntaxNode): void {
    if (!isBlock(statement))
      this.#insert(startOf(statement), `coverageHit(${this.#point('statement', statement)}); `, true);
  }

  /** The branch of an `if` or a loop without braces. */
  #watchBareBody(body: SyntaxNode | undefined): void {
    if (body === undefined || isBlock(body)) return;
    this.#insert(startOf(body), `{ coverageHit(${this.#point('statement', body)}); `, true);
    this.#insert(statementEnd(this.#text, body), ' }');
  }

  #watchEmptyBody(definition: SyntaxNode, body: SyntaxNode): void {
    this.#insert(startOf(body) + 1, ` coverageHit(${this.#point('statement', definition)}); `);
  }

  /** The condition comes first, so that while it is worked out the stack holds as little more as can be. */
  #watchCondition(condition: SyntaxNode): void {
    this.#insert(startOf(condition), 'coverageBranch(');
    this.#closeCondition(endOf(condition), `, ${this.#point('condition', condition)})`);
  }

  /** Of conditions that end together, the inner one was met later and closes first. */
  #closeCondition(at: number, replacement: string): void {
    const outer = this.#edits.findIndex(({ start, replacement: other }) => start === at && other.startsWith(', '));
    this.#edits.splice(outer < 0 ? this.#edits.length : outer, 0, { start: at, end: at, replacement });
  }

  #point(kind: CoveragePoint['kind'], node: SyntaxNode): number {
    const id = this.#firstId + this.points.length;
    const text = fromByteText(this.#text.slice(startOf(node), endOf(node))).replaceAll(/\s+/g, ' ');
    this.points.push({ id, kind, file: this.#file, line: lineAt(this.#text, startOf(node)), text: text.slice(0, 100) });
    return id;
  }

  /** `outermost`: before what else is inserted at the same place. */
  #insert(at: number, replacement: string, outermost = false): void {
    const edit = { start: at, end: at, replacement };
    if (outermost) this.#edits.unshift(edit);
    else this.#edits.push(edit);
  }
}

/** The condition that a node asks for, if any, and what `&&` and `||` combine. */
function conditionsOf(node: SyntaxNode): SyntaxNode[] {
  const condition = conditionOf(node);
  const operands = ['&&', '||'].includes(wordOf(node, 'operator'))
    ? [childOf(node, 'leftExpression'), childOf(node, 'rightExpression')]
    : [];
  return [condition, ...operands].filter((each) => each !== undefined);
}

/** Behind the base contracts, whose constructor arguments could hold a brace. */
function headerEnd(contract: SyntaxNode): number {
  const bases = childrenOf(contract, 'baseContracts').map(endOf);
  return Math.max(startOf(contract), Number(wordOf(contract, 'nameLocation').split(':')[0] ?? 0), ...bases);
}
