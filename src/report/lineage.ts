import type { MemberNames } from './member-names.ts';
import type { ReportData, ReportMix } from './report-data.ts';

/** One contribution in a mix, by positions. */
export interface LineageSource {
  readonly member: number;
  readonly round: number;
  readonly weight: number;
  /** True if it comes from an earlier round than the mix. */
  readonly stale: boolean;
}

export interface LineageMix {
  readonly member: number;
  readonly round: number;
  /** Those with a weight, largest first. */
  readonly sources: readonly LineageSource[];
}

/** Which contributions made which model, with members as positions. */
export interface Lineage {
  /** Of the members, then of whoever else is in a mix. */
  readonly names: readonly string[];
  readonly rounds: number;
  readonly mixes: readonly LineageMix[];
  readonly edges: number;
  readonly staleEdges: number;
}

export function lineageOf(data: ReportData, names: MemberNames): Lineage {
  const strangers = strangersOf(data, names);
  const position = (address: string): number => {
    const known = names(address).position;
    return known < data.members.length ? known : data.members.length + strangers.indexOf(address);
  };
  const mixes = data.mixes.map((mix) => toLineageMix(mix, position));
  const sources = mixes.flatMap((mix) => mix.sources);
  return {
    names: [...data.members.map((member) => member.name), ...strangers.map((address) => names(address).name)],
    rounds: Math.max(data.terms.rounds, 1, ...[...mixes, ...sources].map(({ round }) => round + 1)),
    mixes,
    edges: sources.length,
    staleEdges: sources.filter((source) => source.stale).length,
  };
}

function strangersOf({ mixes, members }: ReportData, names: MemberNames): string[] {
  const addresses = mixes.flatMap((mix) => [mix.member, ...mix.sources.map((source) => source.member)]);
  return [...new Set(addresses)].filter((address) => names(address).position >= members.length);
}

function toLineageMix({ member, round, sources }: ReportMix, position: (address: string) => number): LineageMix {
  const weighed = sources
    .filter((source) => Number.isFinite(source.weight) && source.weight > 0)
    .map((source) => ({
      member: position(source.member),
      round: source.round,
      weight: Math.min(1, source.weight),
      stale: source.round < round,
    }));
  return { member: position(member), round, sources: weighed.toSorted((a, b) => b.weight - a.weight) };
}
