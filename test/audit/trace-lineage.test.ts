import { describe, expect, test } from 'vitest';
import { type LineageEdge, lineageEdges } from '../../src/audit/lineage-edges.ts';
import { type LineageGraph, type Origin, traceLineage } from '../../src/audit/trace-lineage.ts';
import type { Hex } from '../../src/base/bytes.ts';

const [a, b]: [Hex, Hex] = ['0xa', '0xb'];
const initial: Origin = { kind: 'initial' };
const source = (member: Hex, round: number, share: number, isDifference = false) => ({
  member,
  round,
  share,
  isDifference,
});
const mixed = (...sources: ReturnType<typeof source>[]): Origin => ({ kind: 'mixed', sources });
const graphOf = (origins: Record<string, Origin>): LineageGraph =>
  new Map(Object.entries({ [`0/${a}`]: initial, [`0/${b}`]: initial, ...origins }));

describe('the lineage of a model', () => {
  test('of two mixes is the product of their shares along every path', () => {
    const graph = graphOf({
      [`1/${a}`]: mixed(source(a, 0, 0.75), source(b, 0, 0.25)),
      [`1/${b}`]: mixed(source(a, 0, 0.5), source(b, 0, 0.5)),
      [`2/${a}`]: mixed(source(a, 1, 0.6), source(b, 1, 0.4)),
    });
    const { trainings, unknown } = traceLineage(graph, { member: a, round: 2 });
    expect(unknown).toEqual([]);
    expect(trainings).toEqual([
      { member: a, round: 1, weight: 0.6 },
      { member: b, round: 1, weight: 0.4 },
      { member: a, round: 0, weight: expect.closeTo(0.6 * 0.75 + 0.4 * 0.5) },
      { member: b, round: 0, weight: expect.closeTo(0.6 * 0.25 + 0.4 * 0.5) },
    ]);
  });

  test('gives what clipping held back to the base of who mixed, which is no training', () => {
    const graph = graphOf({
      [`1/${a}`]: mixed(source(a, 0, 1)),
      [`1/${b}`]: mixed(source(b, 0, 1)),
      [`2/${a}`]: mixed(source(b, 1, 0.5)),
    });
    expect(traceLineage(graph, { member: a, round: 2 }).trainings).toEqual([
      { member: b, round: 1, weight: 0.5 },
      { member: a, round: 0, weight: 0.5 },
      { member: b, round: 0, weight: 0.5 },
    ]);
  });

  test('of an update that was sent as differences has nothing of what it was trained from', () => {
    const graph = graphOf({
      [`1/${a}`]: mixed(source(a, 0, 1)),
      [`1/${b}`]: mixed(source(b, 0, 1)),
      [`2/${a}`]: mixed(source(b, 1, 1, true)),
    });
    expect(traceLineage(graph, { member: a, round: 2 }).trainings).toEqual([
      { member: b, round: 1, weight: 1 },
      { member: a, round: 0, weight: 1 },
    ]);
  });

  test('of a base that was taken over is that of who mixed it', () => {
    const graph = graphOf({ [`1/${a}`]: mixed(source(b, 0, 1)), [`1/${b}`]: { kind: 'takenOver', from: a } });
    expect(traceLineage(graph, { member: b, round: 1 }).trainings).toEqual([{ member: b, round: 0, weight: 1 }]);
  });

  test('says of what it does not know how much there is of it', () => {
    const graph = graphOf({
      [`2/${a}`]: mixed(source(a, 1, 0.75), source(b, 1, 0.25)),
      [`1/${a}`]: mixed(source(a, 0, 1)),
    });
    const { trainings, unknown } = traceLineage(graph, { member: a, round: 2 });
    expect(unknown).toEqual([{ member: b, round: 1, weight: 0.25 }]);
    expect(trainings.at(-1)).toEqual({ member: a, round: 0, weight: 0.75 });
  });

  test('ends where two claim to have taken over from each other', () => {
    const graph = graphOf({ [`1/${a}`]: { kind: 'takenOver', from: b }, [`1/${b}`]: { kind: 'takenOver', from: a } });
    const { trainings, unknown } = traceLineage(graph, { member: a, round: 1 });
    expect([trainings, unknown]).toEqual([[], [{ member: a, round: 1, weight: 1 }]]);
  });
});

/** What the edges alone say of the weight of each training: weights are handed on along all of them but `added`. */
function weightsAlong(edges: readonly LineageEdge[], model: string): Record<string, number> {
  const name = ({ part, round, member }: LineageEdge['to']) => `${part} ${round}/${member}`;
  const weightOf = (node: string): number =>
    node === model
      ? 1
      : edges
          .filter(({ from }) => from !== null && name(from) === node)
          .reduce((sum, { kind, share, to }) => sum + (kind === 'added' ? 0 : share * weightOf(name(to))), 0);
  const weights: Record<string, number> = {};
  for (const { kind, from, to, share } of edges) {
    if (from === null || (kind !== 'mixed' && kind !== 'added')) continue;
    const training = `${from.round}/${from.member}`;
    weights[training] = (weights[training] ?? 0) + share * weightOf(name(to));
  }
  return weights;
}

describe('the edges behind a model', () => {
  test('name who trained from what, who mixed what, and where it began', () => {
    const graph = graphOf({ [`1/${a}`]: mixed(source(a, 0, 0.5), source(b, 0, 0.25)) });
    const base = (member: Hex, round: number) => ({ member, round, part: 'base' });
    const update = (member: Hex, round: number) => ({ member, round, part: 'update' });
    expect(lineageEdges(graph, { member: a, round: 1 })).toEqual([
      { kind: 'mixed', from: update(a, 0), to: base(a, 1), share: 0.5 },
      { kind: 'mixed', from: update(b, 0), to: base(a, 1), share: 0.25 },
      { kind: 'kept', from: base(a, 0), to: base(a, 1), share: 0.25 },
      { kind: 'trained', from: base(a, 0), to: update(a, 0), share: 1 },
      { kind: 'trained', from: base(b, 0), to: update(b, 0), share: 1 },
      { kind: 'initial', from: null, to: base(a, 0), share: 1 },
      { kind: 'initial', from: null, to: base(b, 0), share: 1 },
    ]);
  });

  test.each<[string, Record<string, Origin>]>([
    ['mixes', { [`1/${b}`]: mixed(source(b, 0, 1)), [`2/${a}`]: mixed(source(a, 1, 0.6), source(b, 1, 0.4)) }],
    ['clipping', { [`1/${b}`]: mixed(source(b, 0, 1)), [`2/${a}`]: mixed(source(b, 1, 0.5)) }],
    ['differences', { [`1/${b}`]: mixed(source(b, 0, 1)), [`2/${a}`]: mixed(source(b, 1, 1, true)) }],
    ['a base that was taken over', { [`1/${b}`]: { kind: 'takenOver', from: a }, [`2/${a}`]: mixed(source(b, 1, 1)) }],
  ])('carry the weights of the trainings through %s', (_, origins) => {
    const graph = graphOf({ [`1/${a}`]: mixed(source(a, 0, 0.75), source(b, 0, 0.25)), ...origins });
    const { trainings } = traceLineage(graph, { member: a, round: 2 });
    const traced = Object.fromEntries(trainings.map(({ member, round, weight }) => [`${round}/${member}`, weight]));
    const along = weightsAlong(lineageEdges(graph, { member: a, round: 2 }), `base 2/${a}`);
    for (const [training, weight] of Object.entries(along)) expect(weight).toBeCloseTo(traced[training] ?? 0, 12);
    expect(Object.keys(along)).toEqual(expect.arrayContaining(Object.keys(traced)));
  });

  test('lead to nothing that is not known', () => {
    const edges = lineageEdges(graphOf({ [`2/${a}`]: mixed(source(b, 1, 1)) }), { member: a, round: 2 });
    expect(edges.map(({ kind }) => kind)).toEqual(['mixed', 'trained']);
    const cycle = graphOf({ [`1/${a}`]: { kind: 'takenOver', from: b }, [`1/${b}`]: { kind: 'takenOver', from: a } });
    expect(lineageEdges(cycle, { member: a, round: 1 })).toEqual([]);
  });
});
