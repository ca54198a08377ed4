import type { Hex } from '../base/bytes.ts';
import type { LedgerReader } from '../ledger/ledger.ts';
import { firstRoundOfStudy } from '../protocol/continuation.ts';
import type { Contribution } from '../protocol/contribution.ts';
import { decodeRecipe } from '../protocol/recipe.ts';
import { type AuditSubject, keyOf } from './audit-subject.ts';
import type { Finding, Notice } from './finding.ts';
import { openSubject, type ReportSource } from './open-subject.ts';
import type { Bundle } from './read-bundle.ts';
import { replayMixes } from './replay-mixes.ts';

/** Which mixes an auditor wants repeated. */
export interface ReplayScope {
  /** Accounts whose mixes; null for everybody's. */
  readonly accounts: readonly Hex[] | null;
  /** The round that was mixed; null for all. */
  readonly round: number | null;
}

/** A mix that was asked for. */
export interface MixOutcome {
  readonly member: Hex;
  /** The round that was mixed. */
  readonly round: number;
  /** Digest of the base that came of it, as the member signed it. */
  readonly result: Hex;
  /** True if it came out the same, bit for bit. */
  readonly isReproduced: boolean;
}

export interface StudyReplay extends ReportSource {
  /** By round. */
  readonly mixes: readonly MixOutcome[];
  /** Of these mixes, and of earlier ones that they follow from. */
  readonly findings: readonly Finding[];
  readonly notices: readonly Notice[];
}

export interface ReplayOptions {
  /** The chain; null to go by the bundle's own copy of the log. */
  readonly ledger: LedgerReader | null;
  readonly scope: ReplayScope;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Repeats the mixes that are asked for, and all that they follow from: a base is nowhere but in the mixes before it.
 * @throws AuditError `audit/bundle-of-another-contract`, `audit/manifest-missing`; LedgerError
 */
export async function replayStudy(bundle: Bundle, options: ReplayOptions): Promise<StudyReplay> {
  const { ledger, scope, onProgress } = options;
  const { source, subject, findings } = await openSubject(bundle, ledger);
  const firstRound = firstRoundOfStudy(subject.manifest);
  const wanted = [...subject.contributions.values()].filter((after) => isInScope(after, scope, firstRound));
  const needed = await withPredecessors(subject, wanted);
  const derived = new Set<Contribution>();
  const replay = await replayMixes(subject, {
    isWanted: (after) => needed.has(after),
    onProgress,
    onBase: async (after) => void derived.add(after),
  });
  const mixes = wanted.map((after) => ({
    member: after.member,
    round: after.round - 1,
    result: after.base,
    isReproduced: derived.has(after),
  }));
  return { ...source, mixes, findings: [...findings, ...replay.findings], notices: replay.notices };
}

/** The contributions whose base is the result of a mix that is asked for. */
function isInScope({ member, round }: Contribution, scope: ReplayScope, begin: number): boolean {
  const isRound = scope.round === null || round === scope.round + 1;
  return round > begin && isRound && (scope.accounts === null || scope.accounts.includes(member));
}

/** With each contribution those from whose bases its own follows: the member's before it, or the one that it took over. */
async function withPredecessors(subject: AuditSubject, wanted: readonly Contribution[]): Promise<Set<Contribution>> {
  const needed = new Set(wanted);
  // A set is walked in the order of insertion, what is added on the way included.
  for (const { round, member, recipe } of needed) {
    const before = subject.contributions.get(keyOf(round - 1, member));
    if (before !== undefined) needed.add(before);
    const maker = await makerOf(subject, recipe);
    const theirs = maker === null || maker === member ? undefined : subject.contributions.get(keyOf(round, maker));
    if (theirs !== undefined) needed.add(theirs);
  }
  return needed;
}

/** Whose mix a recipe describes; null if it is missing or cannot be read, which the replay then finds. */
async function makerOf({ bundle }: AuditSubject, recipe: Hex): Promise<Hex | null> {
  const bytes = await bundle.document(recipe);
  try {
    return bytes === null ? null : decodeRecipe(bytes).member;
  } catch {
    return null;
  }
}
