import { toMicros } from './fixed-point.ts';
import { medianMicros } from './study-score.ts';

/** A contribution, by its member's position and its round. */
export interface ContributionName {
  readonly member: number;
  readonly round: number;
}

export interface CreditSource extends ContributionName {
  readonly share: number;
  /** True for an update that was sent as differences: the mixer added them to its own base, so that nothing else was handed on. */
  readonly isDifference: boolean;
}

/** What a member mixed after a round. Where the shares sum to less than 1, clipping left the rest to the mixer's own base. */
export interface CreditedMix extends ContributionName {
  readonly sources: readonly CreditSource[];
}

/** Everything that credit follows from; anybody with the evidence of a study has it. */
export interface CreditEvidence {
  readonly members: number;
  readonly rounds: number;
  readonly mixes: readonly CreditedMix[];
  /** Members whose base of a round is the one that another member's mix gave. */
  readonly adoptions: readonly (ContributionName & { readonly from: number })[];
  /** Revealed scores by position, in millionths, of the contributions in the evaluator's mix of that round. */
  readonly reports: readonly { evaluator: number; round: number; scores: readonly (number | null)[] }[];
  /** A training that fewer others scored is worth nothing: their median would be in the hands of one or two of them. */
  readonly minimumReports: number;
}

/** Credit in millionths of a nat, by position. */
export interface TracedCredit {
  /** What each member's final model owes to each member; null where a member has none, or its making cannot be followed. */
  readonly models: readonly (readonly number[] | null)[];
  /** The mean over the final models that there are; null for a member none of whose trainings enough others scored. */
  readonly network: readonly (number | null)[];
}

/** A share below this says too little: a score is rounded to whole millionths, and is divided by it. */
const MINIMUM_SHARE = 0.001;

/**
 * Follows what each training was worth through the mixes to the final models, so that credit goes to who trained and not to who handed on:
 * a mix owes its members what its sources' bases owed them, by share, and to each source's member the worth of that source's training, by
 * share. With C the credits of a base, A the shares and u the worth of a training: C_i ← Σ_k A_ik (C_k + u_k e_k). After the idea of TRIP-Shapley
 * (Anada, Kaneko and Takamaeda-Yamazaki 2025, arXiv 2505.23246).
 *
 * The worth of a training is the median over the other members' reports, each divided by the share that the contribution had
 * in the reporter's mix. So no member's report about itself counts, in its own model neither.
 */
export function traceCredit(evidence: CreditEvidence): TracedCredit {
  const { members, rounds, mixes, adoptions } = evidence;
  const worths = trainingWorths(evidence);
  const bases = new Map<string, readonly number[]>();
  const none = Array.from({ length: members }, () => 0);
  for (const member of none.keys()) bases.set(nameOf({ member, round: 0 }), none);
  const mixesOf = Map.groupBy(mixes, ({ round }) => round);
  const adoptionsOf = Map.groupBy(adoptions, ({ round }) => round);
  for (let round = 0; round < rounds; round++) {
    for (const mix of mixesOf.get(round) ?? []) {
      const credits = mixCredits(mix, bases, worths);
      if (credits !== null) bases.set(nameOf({ member: mix.member, round: round + 1 }), credits);
    }
    for (const { member, from } of adoptionsOf.get(round + 1) ?? []) {
      const taken = bases.get(nameOf({ member: from, round: round + 1 }));
      if (taken !== undefined) bases.set(nameOf({ member, round: round + 1 }), taken);
    }
  }
  const finals = Array.from({ length: members }, (_, member) => bases.get(nameOf({ member, round: rounds })) ?? null);
  const isScored = new Set([...worths.keys()].map((name) => Number(name.split('/')[1])));
  const network = inMicros(meanOf(finals, members)).map((credit, member) => (isScored.has(member) ? credit : null));
  return { models: finals.map((credits) => credits && inMicros(credits)), network };
}

const nameOf = ({ member, round }: ContributionName): string => `${round}/${member}`;

/** The median of what the others say that a contribution's training is worth to a model that is made of nothing else, in millionths. */
function trainingWorths({ mixes, reports, minimumReports }: CreditEvidence): Map<string, number> {
  const scoresBy = new Map(
    reports.map(({ evaluator, round, scores }) => [nameOf({ member: evaluator, round }), scores]),
  );
  const told = new Map<string, number[]>();
  for (const mix of mixes) {
    const scores = scoresBy.get(nameOf(mix));
    for (const source of mix.sources) {
      const score = scores?.[source.member] ?? null;
      if (score === null || source.member === mix.member || source.share < MINIMUM_SHARE) continue;
      const name = nameOf(source);
      told.set(name, [...(told.get(name) ?? []), Math.round(score / source.share)]);
    }
  }
  const enough = [...told].filter(([, worths]) => worths.length >= minimumReports);
  return new Map(enough.map(([name, worths]) => [name, medianMicros(worths)]));
}

/** @returns null where a base that went into the mix cannot be followed */
function mixCredits(
  mix: CreditedMix,
  bases: ReadonlyMap<string, readonly number[]>,
  worths: ReadonlyMap<string, number>,
): number[] | null {
  const own = bases.get(nameOf(mix));
  if (own === undefined) return null;
  const kept = Math.max(0, 1 - mix.sources.reduce((sum, { share }) => sum + share, 0));
  const credits = own.map((credit) => kept * credit);
  for (const source of mix.sources) {
    const before = source.isDifference ? own : bases.get(nameOf(source));
    if (before === undefined) return null;
    for (const [member, credit] of before.entries()) credits[member] = (credits[member] ?? 0) + source.share * credit;
    credits[source.member] = (credits[source.member] ?? 0) + source.share * (worths.get(nameOf(source)) ?? 0);
  }
  return credits;
}

function meanOf(finals: readonly (readonly number[] | null)[], members: number): number[] {
  const known = finals.filter((credits) => credits !== null);
  return Array.from({ length: members }, (_, member) => {
    const sum = known.reduce((total, credits) => total + (credits[member] ?? 0), 0);
    return known.length === 0 ? 0 : sum / known.length;
  });
}

/** Whole millionths that sum to the rounded total. */
function inMicros(credits: readonly number[]): number[] {
  const total = credits.reduce((sum, credit) => sum + credit, 0);
  return toMicros(
    credits.map((credit) => credit / 1e6),
    total / 1e6,
  ).micros;
}
