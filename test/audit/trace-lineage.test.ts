import { describe, expect, test } from 'vitest';
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
