import {
  childOf,
  childrenOf,
  conditionOf,
  endOf,
  nodesUnder,
  type SyntaxNode,
  startOf,
  statementEnd,
  typeOf,
  wordOf,
} from '../syntax-tree.ts';
import { type FaultOperator, type FaultScope, replaced, slice } from './fault-scope.ts';
import type { Fault } from './mutant.ts';
import { swapArguments, swapConstant, zeroValue } from './value-faults.ts';

const BINARY_SWAPS: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>'],
  '<=': ['<', '>'],
  '>': ['>=', '<'],
  '>=': ['>', '<'],
  '==': ['!='],
  '!=': ['=='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['/'],
  '&&': ['||'],
  '||': ['&&'],
  '&': ['|'],
  '|': ['&'],
  '^': ['&'],
  '<<': ['>>'],
  '>>': ['<<'],
};

function swapBinary(node: SyntaxNode, scope: FaultScope): Fault[] {
  const left = childOf(node, 'leftExpression');
  const right = childOf(node, 'rightExpression');
  if (node.nodeType !== 'BinaryOperation' || left === undefined || right === undefined) return [];
  const operator = wordOf(node, 'operator');
  const at = scope.text.indexOf(operator, endOf(left));
  return (BINARY_SWAPS[operator] ?? []).map((swap) => ({
    operator: `swap ${operator}`,
    start: at,
    end: at + operator.length,
    replacement: swap,
  }));
}

function dropOperand(node: SyntaxNode, scope: FaultScope): Fault[] {
  if (!['&&', '||'].includes(wordOf(node, 'operator'))) return [];
  return ['leftExpression', 'rightExpression'].flatMap((field) => {
    const kept = childOf(node, field);
    return kept === undefined ? [] : [replaced('drop operand', node, slice(scope, kept))];
  });
}

function negateCondition(node: SyntaxNode, scope: FaultScope): Fault[] {
  const condition = conditionOf(node);
  if (condition === undefined) return [];
  const negated = replaced('negate condition', condition, `!(${slice(scope, condition)})`);
  const fixed = ['true', 'false'].map((value) => replaced(`condition is ${value}`, condition, value));
  return node.nodeType === 'IfStatement' ? [negated, ...fixed] : [negated];
}

/** Deleting a storage pointer's only assignment does not compile, nor does a declaration that something needs. */
function deleteStatement(node: SyntaxNode, scope: FaultScope): Fault[] {
  const names: Readonly<Record<string, string>> = {
    ExpressionStatement: 'delete statement',
    EmitStatement: 'delete emit',
    RevertStatement: 'delete revert',
    Return: 'delete return',
    Break: 'delete break',
    Continue: 'delete continue',
  };
  const operator = names[node.nodeType];
  const expression = childOf(node, 'expression');
  const isPointer = expression !== undefined && / (?:storage pointer|calldata)$/.test(typeOf(expression));
  if (operator === undefined || isPointer) return [];
  return [{ operator, start: startOf(node), end: statementEnd(scope.text, node), replacement: '{}' }];
}

function changeLiteral(node: SyntaxNode, scope: FaultScope): Fault[] {
  if (node.nodeType !== 'Literal') return [];
  const text = slice(scope, node);
  if (wordOf(node, 'kind') === 'bool') return [replaced('flip literal', node, text === 'true' ? 'false' : 'true')];
  if (wordOf(node, 'kind') === 'string')
    return [replaced('change string', node, `${text.slice(0, -1)}~${text.at(-1)}`)];
  if (wordOf(node, 'kind') !== 'number') return [];
  const isZero = /^0(?:x0*)?$/.test(text);
  const changes = isZero ? ['1'] : [`(${text} + 1)`, `(${text} - 1)`];
  return changes.map((change) => replaced('change number', node, change));
}

function changeUnary(node: SyntaxNode, scope: FaultScope): Fault[] {
  const operand = childOf(node, 'subExpression');
  if (node.nodeType !== 'UnaryOperation' || operand === undefined) return [];
  const operator = wordOf(node, 'operator');
  if (['!', '~', '-'].includes(operator)) return [replaced(`drop ${operator}`, node, slice(scope, operand))];
  const opposite = operator === '++' ? '--' : '++';
  return ['++', '--'].includes(operator) ? [replaced(`swap ${operator}`, node, opposite + slice(scope, operand))] : [];
}

function changeAssignment(node: SyntaxNode, scope: FaultScope): Fault[] {
  const left = childOf(node, 'leftHandSide');
  const operator = wordOf(node, 'operator');
  const swap = BINARY_SWAPS[operator.slice(0, -1)]?.[0];
  if (node.nodeType !== 'Assignment' || left === undefined || swap === undefined) return [];
  const at = scope.text.indexOf(operator, endOf(left));
  return [{ operator: `swap ${operator}`, start: at, end: at + operator.length, replacement: `${swap}=` }];
}

const OPERATORS: readonly FaultOperator[] = [
  deleteStatement,
  negateCondition,
  swapBinary,
  dropOperand,
  changeLiteral,
  changeUnary,
  changeAssignment,
  zeroValue,
  swapArguments,
  swapConstant,
];

/** Every fault that can be put at this node, those of the nodes below it not included. */
export function faultsAt(node: SyntaxNode, scope: FaultScope): Fault[] {
  return OPERATORS.flatMap((operator) => operator(node, scope));
}

/** Faults in a declaration: a modifier that is gone, another constant, another argument of a base contract. */
export function faultsInDeclaration(node: SyntaxNode, scope: FaultScope): Fault[] {
  const modifiers = childrenOf(node, 'modifiers');
  const removed = modifiers
    .filter((modifier) => wordOf(modifier, 'kind') === 'modifierInvocation')
    .map((modifier) => replaced('remove modifier', modifier, ''));
  const value = node.nodeType === 'VariableDeclaration' ? childOf(node, 'value') : undefined;
  const roots = value === undefined ? modifiers : [value];
  const inside = roots.flatMap((root) => [...nodesUnder(root)]);
  return [...removed, ...inside.flatMap((each) => faultsAt(each, scope))];
}
