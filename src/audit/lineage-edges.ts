import { keyOf } from './audit-subject.ts';
import type { SharedSource } from './mix-sources.ts';
import type { LineageGraph, TrainingName } from './trace-lineage.ts';

/** What a contribution was trained from, or what its training came to. */
export interface ModelName extends TrainingName {
  readonly part: 'base' | 'update';
}

/**
 * How a model came of another.
 * - `trained`: an update of its base.
 * - `mixed`: a base of an update, and so of what that was trained from.
 * - `added`: a base of an update that was sent as differences: of its training only.
 * - `kept`: a base of the mixer's base in the round before: what clipping held back, or what differences were added to.
 * - `takenOver`: a base of the one that another member's mix gave in the same round.
 * - `initial`: a base of what the study began with, which has no name here.
 */
export interface LineageEdge<Name = ModelName> {
  readonly kind: 'initial' | 'trained' | 'mixed' | 'added' | 'kept' | 'takenOver';
  readonly from: Name | null;
  readonly to: Name;
  /** How much of `from` is in `to`: the shares of `mixed` and `kept` edges into a base sum to 1. */
  readonly share: number;
}

/** Shares sum to 1 up to rounding. */
const ROUNDING = 1e-9;

/**
 * All that led to a base, every edge once; a base that no edge leads to is one whose making is not known. A weight of 1 in the model, handed
 * on along all edges but `added` by their shares, comes at the updates, `added` included, to what `traceLineage` says of their trainings.
 * @returns by the round of what the edges lead to, the newest first
 */
export function lineageEdges(graph: LineageGraph, model: TrainingName): LineageEdge[] {
  const edges: LineageEdge[] = [];
  const seen = new Set<string>();
  const waiting: ModelName[] = [baseOf(model)];
  for (let to = waiting.pop(); to !== undefined; to = waiting.pop()) {
    const key = `${to.part} ${keyOf(to.round, to.member)}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const into = to.part === 'update' ? [trained(to)] : edgesIntoBase(graph, to);
    edges.push(...into);
    waiting.push(...into.flatMap(({ from }) => from ?? []));
  }
  return edges.toSorted(
    ({ to: a }, { to: b }) => b.round - a.round || compare(b.part, a.part) || compare(a.member, b.member),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const baseOf = ({ member, round }: TrainingName): ModelName => ({ member, round, part: 'base' });

const trained = (update: ModelName): LineageEdge => ({
  kind: 'trained',
  from: baseOf(update),
  to: update,
  share: 1,
});

function edgesIntoBase(graph: LineageGraph, to: ModelName): LineageEdge[] {
  const origin = graph.get(keyOf(to.round, to.member));
  if (origin?.kind === 'initial') return [{ kind: 'initial', from: null, to, share: 1 }];
  if (origin?.kind === 'mixed') return edgesOfMix(origin.sources, to);
  if (origin?.kind !== 'takenOver') return [];
  // Of whoever mixed it, and of nobody who took it over in turn.
  const isMade = graph.get(keyOf(to.round, origin.from))?.kind !== 'takenOver';
  const from = baseOf({ member: origin.from, round: to.round });
  return isMade ? [{ kind: 'takenOver', from, to, share: 1 }] : [];
}

function edgesOfMix(sources: readonly SharedSource[], to: ModelName): LineageEdge[] {
  const edges = sources.map(({ member, round, share, isDifference }): LineageEdge => {
    return { kind: isDifference ? 'added' : 'mixed', from: { member, round, part: 'update' }, to, share };
  });
  const kept = edges.reduce((rest, { kind, share }) => (kind === 'mixed' ? rest - share : rest), 1);
  if (kept <= ROUNDING) return edges;
  return [...edges, { kind: 'kept', from: baseOf({ member: to.member, round: to.round - 1 }), to, share: kept }];
}
