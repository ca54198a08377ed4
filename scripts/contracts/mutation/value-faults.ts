import {
  childOf,
  childrenOf,
  conditionOf,
  endOf,
  nodesUnder,
  type SyntaxNode,
  startOf,
  typeOf,
  wordOf,
} from '../syntax-tree.ts';
import { type FaultScope, replaced, slice } from './fault-scope.ts';
import type { Fault } from './mutant.ts';

/** The zero of a value type, cast so that it encodes like the value. */
function zeroOf(type: string): string | undefined {
  if (/^u?int\d*$|^bytes\d+$/.test(type)) return `${type}(0)`;
  if (/^address(?: payable)?$/.test(type)) return 'address(0)';
  return type === 'bool' ? 'false' : undefined;
}

/** What is assigned, returned or passed becomes zero. */
export function zeroValue(node: SyntaxNode): Fault[] {
  const values = ['Assignment', 'Return', 'VariableDeclarationStatement'].includes(node.nodeType)
    ? ['rightHandSide', 'expression', 'initialValue'].map((field) => childOf(node, field))
    : argumentsOf(node);
  return values.flatMap((value) => {
    if (value === undefined || value.nodeType === 'Literal' || value === conditionOf(node)) return [];
    const zero = zeroOf(typeOf(value));
    return zero === undefined ? [] : [replaced('zero value', value, zero)];
  });
}

/** Arguments of calls, events, errors and structs; casts have none that matter. */
function argumentsOf(node: SyntaxNode): SyntaxNode[] {
  const isCall = node.nodeType === 'FunctionCall' && wordOf(node, 'kind') !== 'typeConversion';
  return isCall ? childrenOf(node, 'arguments') : [];
}

/** Neighbours of one type change places. */
export function swapArguments(node: SyntaxNode, scope: FaultScope): Fault[] {
  const passed = argumentsOf(node);
  return passed.flatMap((first, index) => {
    const second = passed[index + 1];
    if (second === undefined || typeOf(first) !== typeOf(second)) return [];
    const between = scope.text.slice(endOf(first), startOf(second));
    const swapped = slice(scope, second) + between + slice(scope, first);
    return swapped === slice(scope, first) + between + slice(scope, second)
      ? []
      : [{ operator: 'swap arguments', start: startOf(first), end: endOf(second), replacement: swapped }];
  });
}

/** A constant or a member of an enumeration becomes the next one of its declaration. */
export function swapConstant(node: SyntaxNode, scope: FaultScope): Fault[] {
  if (!['Identifier', 'MemberAccess'].includes(node.nodeType)) return [];
  const id = Number(node.referencedDeclaration);
  const family = scope.declarations.get(id) ?? [];
  const next = family[(family.findIndex((each) => each.id === id) + 1) % family.length];
  if (next === undefined || next.id === id) return [];
  const name = wordOf(node, node.nodeType === 'Identifier' ? 'name' : 'memberName');
  return [
    {
      operator: 'swap constant',
      start: endOf(node) - name.length,
      end: endOf(node),
      replacement: wordOf(next, 'name'),
    },
  ];
}

/** Constants of one type and scope, and members of one enumeration, are each other's replacements. */
export function swappableDeclarations(trees: Iterable<SyntaxNode>): Map<number, readonly SyntaxNode[]> {
  const families = new Map<number, readonly SyntaxNode[]>();
  for (const tree of trees) {
    for (const scope of nodesUnder(tree)) {
      const members = scope.nodeType === 'EnumDefinition' ? childrenOf(scope, 'members') : [];
      const constants = childrenOf(scope, 'nodes').filter(({ constant }) => constant === true);
      const byType = Object.values(Object.groupBy(constants, typeOf)).filter((each) => each !== undefined);
      for (const family of [members, ...byType]) for (const { id } of family) families.set(id, family);
    }
  }
  return families;
}
