import type { Hex } from '../base/bytes.ts';
import { firstRoundOfStudy } from '../protocol/continuation.ts';
import { type Contribution, isClosing } from '../protocol/contribution.ts';
import { participantsIn } from '../protocol/participants.ts';
import { decodeRecipe, type Recipe } from '../protocol/recipe.ts';
import { keyOf } from './audit-subject.ts';
import { sharesInMix } from './mix-sources.ts';
import type { Bundle } from './read-bundle.ts';
import { signedRecords } from './signed-records.ts';

/** A model that the traced members' work went into. */
export interface ReachedModel {
  readonly member: Hex;
  readonly round: number;
  /** What the member trained from, or what came out. */
  readonly kind: 'base' | 'update';
  readonly digest: Hex;
  /**
   * Of all rounds of training that the model is made of, the share that was theirs, by the shares in the mixes; null where a
   * recipe behind it is missing. It can be 0: the contribution was at hand, and decided with whom else was mixed.
   */
  readonly share: number | null;
}

/** The last base of a member that the work did not reach, and the recipe that made it. */
export interface CleanCheckpoint {
  readonly member: Hex;
  readonly round: number;
  readonly base: Hex;
  readonly recipe: Hex;
}

export interface Taint {
  /** All accounts of the traced members, ascending. */
  readonly accounts: readonly Hex[];
  /** Those asked for who never joined the study. */
  readonly strangers: readonly Hex[];
  /** By round, then in the order of positions; a base before its update. */
  readonly models: readonly ReachedModel[];
  /** Of the other participants, in order of position; who has recorded nothing clean is not among them. */
  readonly checkpoints: readonly CleanCheckpoint[];
  /** The newest round in which the bases of all who recorded it are clean. */
  readonly cleanRound: number;
  /** Mixes whose recipe could not be read: what came of them counts as reached once a traced member had contributed. */
  readonly unread: readonly { readonly member: Hex; readonly round: number }[];
}

/** How much training a model is made of, in rounds of one member; `traced` of it by the traced ones. Null: not known. */
interface Mass {
  readonly isReached: boolean;
  readonly rounds: number | null;
  readonly traced: number;
}

const CLEAN: Mass = { isReached: false, rounds: 0, traced: 0 };
const UNKNOWN: Mass = { isReached: true, rounds: null, traced: 0 };

/**
 * Follows the work of members through all mixes that a bundle tells of. A model is reached if a contribution of theirs, or one that was
 * reached itself, was among the entries of its mix, whatever weight it got. Recipes are taken at their word: the audit repeats them. What
 * a study that continues another one begins with counts as reached: the bundle does not say what is in it.
 * @param members any of their accounts
 */
export async function traceTaint(bundle: Bundle, members: readonly Hex[]): Promise<Taint> {
  const participants = participantsIn(bundle.evidence.log);
  const traced = participants.filter((each) => each.accounts.some((account) => members.includes(account)));
  const accounts = traced.flatMap((each) => each.accounts).toSorted();
  const positions = new Map(participants.flatMap((each) => each.accounts.map((own) => [own, each.position])));
  const inOrder = [...signedRecords(bundle.evidence).values()].toSorted(
    (a, b) => a.round - b.round || (positions.get(a.member) ?? 0) - (positions.get(b.member) ?? 0),
  );
  const walk = createWalk(bundle, accounts);
  for (const record of inOrder) await walk.visit(record);
  const clean = walk.clean.filter(({ member }) => !accounts.includes(member));
  return {
    accounts,
    strangers: members.filter((account) => !accounts.includes(account)),
    models: walk.models,
    unread: walk.unread,
    checkpoints: participants.flatMap((each) => clean.findLast(({ member }) => each.accounts.includes(member)) ?? []),
    cleanRound: walk.cleanRound(),
  };
}

function createWalk(bundle: Bundle, accounts: readonly Hex[]) {
  const bases = new Map<string, Mass>();
  const updates = new Map<string, Mass>();
  const models: ReachedModel[] = [];
  const clean: CleanCheckpoint[] = [];
  const unread: { member: Hex; round: number }[] = [];
  const begin = bundle.manifest === null ? 0 : firstRoundOfStudy(bundle.manifest);
  let firstContribution = begin > 0 ? begin - 1 : Infinity;
  let firstReached = Infinity;
  let newest = 0;

  /** What nothing is known of may hold all that the member had contributed by then. */
  const unknownBefore = (round: number): Mass => (firstContribution < round ? UNKNOWN : CLEAN);

  const massOfMix = (recipe: Recipe): Mass => {
    const isReached = recipe.entries.some(({ member, round }) => massOfUpdate(round, member, recipe).isReached);
    if (bundle.manifest === null) return { ...UNKNOWN, isReached };
    const own = bases.get(keyOf(recipe.round, recipe.member)) ?? unknownBefore(recipe.round + 1);
    const sources = sharesInMix(bundle.manifest, recipe).map(({ member, round, share, isDifference }) => {
      const mass = isDifference ? trainedOn(own, member) : massOfUpdate(round, member, recipe);
      return { share, mass };
    });
    // What clipping held back stays with the mixer's own base.
    const kept = { share: Math.max(0, 1 - sources.reduce((sum, { share }) => sum + share, 0)), mass: own };
    const parts = kept.share > 1e-9 ? [...sources, kept] : sources;
    const sum = (of: (mass: Mass) => number): number =>
      parts.reduce((total, { mass, share }) => total + share * of(mass), 0);
    return {
      isReached,
      rounds: parts.some(({ mass }) => mass.rounds === null) ? null : sum(({ rounds }) => rounds ?? 0),
      traced: sum(({ traced }) => traced),
    };
  };

  const massOfUpdate = (round: number, member: Hex, mix: Recipe): Mass =>
    updates.get(keyOf(round, member)) ?? unknownBefore(mix.round + 1);

  const trainedOn = ({ isReached, rounds, traced }: Mass, member: Hex): Mass => {
    const isTheirs = accounts.includes(member);
    return {
      isReached: isReached || isTheirs,
      rounds: rounds === null ? null : rounds + 1,
      traced: traced + (isTheirs ? 1 : 0),
    };
  };

  const massOfBase = async ({ member, round, recipe: digest }: Contribution): Promise<Mass> => {
    if (round === 0) return CLEAN;
    if (round <= begin) return UNKNOWN;
    const recipe = await readRecipe(bundle, digest);
    if (recipe !== null) return massOfMix(recipe);
    unread.push({ member, round: round - 1 });
    return unknownBefore(round);
  };

  const note = (record: Contribution, kind: ReachedModel['kind'], { isReached, rounds, traced }: Mass): void => {
    if (!isReached) return;
    const { member, round, [kind]: digest } = record;
    const share = rounds === null ? null : rounds === 0 ? 0 : traced / rounds;
    models.push({ member, round, kind, digest, share });
  };

  return {
    models,
    clean,
    unread,
    cleanRound: () => (firstReached === Infinity ? newest : firstReached - 1),
    async visit(record: Contribution): Promise<void> {
      const { member, round, base, recipe } = record;
      const isTheirs = accounts.includes(member);
      const before = await massOfBase(record);
      bases.set(keyOf(round, member), before);
      newest = round;
      note(record, 'base', before);
      if (before.isReached && !isTheirs) firstReached = Math.min(firstReached, round);
      if (!before.isReached) clean.push({ member, round, base, recipe });
      if (isClosing(record)) return;
      if (isTheirs) firstContribution = Math.min(firstContribution, round);
      const after = trainedOn(before, member);
      updates.set(keyOf(round, member), after);
      note(record, 'update', after);
    },
  };
}

async function readRecipe(bundle: Bundle, digest: Hex): Promise<Recipe | null> {
  const bytes = await bundle.document(digest);
  if (bytes === null) return null;
  try {
    return decodeRecipe(bytes);
  } catch {
    return null; // what cannot be read cannot be followed; the audit names it
  }
}
