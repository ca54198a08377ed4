import { endOf, type SyntaxNode, startOf } from '../syntax-tree.ts';
import type { Fault } from './mutant.ts';

/** What an operator may look at besides the node. */
export interface FaultScope {
  /** One character per byte. */
  readonly text: string;
  /** Constants and enumerations by the id of their declaration, of all files. */
  readonly declarations: ReadonlyMap<number, readonly SyntaxNode[]>;
}

export type FaultOperator = (node: SyntaxNode, scope: FaultScope) => Fault[];

export const slice = (scope: FaultScope, node: SyntaxNode): string => scope.text.slice(startOf(node), endOf(node));

export const replaced = (operator: string, node: SyntaxNode, replacement: string): Fault => ({
  operator,
  start: startOf(node),
  end: endOf(node),
  replacement,
});
