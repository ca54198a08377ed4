import type { SyntaxNode } from '../syntax-tree.ts';

/** One small fault that can be put into a contract. */
export interface Mutant {
  readonly id: number;
  readonly file: string;
  readonly line: number;
  readonly operator: string;
  /** Bytes that are replaced. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** The statement or declaration around it, before and after, with single spaces. */
  readonly before: string;
  readonly after: string;
  /** What is chosen at run time between the mutants; without it, the mutant must be compiled on its own. */
  readonly site?: SwitchSite;
}

/** A statement, or the condition of one, whose mutants and original can stand side by side. */
export interface SwitchSite {
  readonly kind: 'statement' | 'declaration' | 'condition';
  readonly node: SyntaxNode;
  /** The byte behind it, with the semicolon of a statement. */
  readonly end: number;
}

/** The fault itself, before it is known where it stands. */
export interface Fault {
  readonly operator: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}
