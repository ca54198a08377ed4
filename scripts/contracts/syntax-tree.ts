/** A node of the compiler's syntax tree; which fields it has depends on its type. */
export interface SyntaxNode {
  readonly nodeType: string;
  readonly id: number;
  readonly src: string;
  readonly [field: string]: unknown;
}

export function isSyntaxNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'nodeType' in value;
}

export function childOf(node: SyntaxNode, field: string): SyntaxNode | undefined {
  const value = node[field];
  return isSyntaxNode(value) ? value : undefined;
}

/** The nodes in a list field; holes, as in `(, b) = f()`, are left out. */
export function childrenOf(node: SyntaxNode, field: string): SyntaxNode[] {
  const value = node[field];
  return Array.isArray(value) ? value.filter(isSyntaxNode) : [];
}

export function wordOf(node: SyntaxNode, field: string): string {
  const value = node[field];
  return typeof value === 'string' ? value : '';
}

/** Type of an expression or a declaration as the compiler writes it: `uint32`, `struct Entry storage pointer`. */
export function typeOf(node: SyntaxNode): string {
  const descriptions = node.typeDescriptions as { readonly typeString?: string } | undefined;
  return descriptions?.typeString ?? '';
}

/** Everything directly below a node. */
export function nodesBelow(node: SyntaxNode): SyntaxNode[] {
  return Object.values(node).flatMap((value) => (Array.isArray(value) ? value : [value]).filter(isSyntaxNode));
}

/** The node and everything below it. */
export function* nodesUnder(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const below of nodesBelow(node)) yield* nodesUnder(below);
}

/** First byte of a node in its file. */
export function startOf(node: SyntaxNode): number {
  return Number(node.src.split(':')[0]);
}

/** The byte behind a node. */
export function endOf(node: SyntaxNode): number {
  return startOf(node) + Number(node.src.split(':')[1]);
}

const BLOCKS = new Set(['Block', 'UncheckedBlock', 'InlineAssembly', 'TryStatement']);

/** The byte behind a statement with its semicolon, which the compiler leaves out of the node. */
export function statementEnd(text: string, node: SyntaxNode): number {
  if (BLOCKS.has(node.nodeType)) return endOf(node);
  const last = childOf(node, 'falseBody') ?? childOf(node, 'trueBody') ?? childOf(node, 'body');
  if (last !== undefined && node.nodeType !== 'DoWhileStatement') return statementEnd(text, last);
  return text[endOf(node) - 1] === ';' ? endOf(node) : text.indexOf(';', endOf(node)) + 1;
}

export function isBlock(node: SyntaxNode): boolean {
  return node.nodeType === 'Block' || node.nodeType === 'UncheckedBlock';
}

/** A condition that is true or false at run time, and the name of what asks for it. */
export function conditionOf(node: SyntaxNode): SyntaxNode | undefined {
  if (node.nodeType !== 'FunctionCall') return childOf(node, 'condition');
  const callee = childOf(node, 'expression');
  const isCheck = callee !== undefined && ['require', 'assert'].includes(wordOf(callee, 'name'));
  return isCheck ? childrenOf(node, 'arguments')[0] : undefined;
}

/** Functions and modifiers that have a body. */
export function bodiesIn(tree: SyntaxNode): SyntaxNode[] {
  return [...nodesUnder(tree)].filter(
    ({ nodeType, body }) => /^(?:Function|Modifier)Definition$/.test(nodeType) && isSyntaxNode(body),
  );
}
