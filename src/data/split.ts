import { createSeededRandom, type SeededRandom } from '../base/seeded-random.ts';
import { DataError } from './data-error.ts';
import { concatenate, type Dataset, subset } from './dataset.ts';
import { dirichletShares } from './dirichlet-shares.ts';
import type { Site } from './read-federation.ts';
import type { DataSource } from './read-source.ts';
import { stratifiedCut } from './stratified-cut.ts';

/** Share of a source without a test part that becomes the common one. */
const TEST_SHARE = 0.2;
/** Share of its own samples that a member holds out, and the least number of them. */
const HELD_OUT_SHARE = 0.2;
const MIN_HELD_OUT = 3;
/** Below this a member could neither train nor judge. */
export const MIN_MEMBER_SAMPLES = 8;
const MAX_MEMBERS = 1000;

export interface SplitOptions {
  /** Number of members, 1 … 1000. */
  readonly members: number;
  /** Label skew, above 0: 0.1 extreme, 0.3 strong, 1 moderate, Infinity none. */
  readonly alpha: number;
  readonly seed: string | Uint8Array;
}

/** What one member has. */
export interface MemberData {
  readonly training: Dataset;
  /** Never trained on: for judging contributions. */
  readonly heldOut: Dataset;
}

/** A data set divided for a federation. */
export interface FederationData {
  /** Common test part; no member trains on it. */
  readonly test: Dataset;
  readonly members: readonly MemberData[];
}

/**
 * Divides a source: a common test part (its own, or a stratified fifth), and the rest among the members with Dirichlet
 * label skew; each member then holds out about a fifth of its share, stratified. The same options give the same split
 * everywhere. A source that hospitals have divided already stays divided as it is; the common test part has a fifth of each.
 * @throws DataError `data/impossible-split`
 */
export function splitFederation(source: DataSource, options: SplitOptions): FederationData {
  const { shared } = source;
  const random = createSeededRandom(options.seed, 'federation-split');
  if (source.sites !== undefined) return splitSites(source.sites, options, random);
  const all = Array.from({ length: shared.samples }, (_, index) => index);
  const { heldOut: test, rest } = source.test
    ? { heldOut: [], rest: all }
    : stratifiedCut(shared.labels, all, { share: TEST_SHARE, minimum: 1 }, random.fork('test'));
  checkOptions(options, rest.length);
  const shares = dirichletShares(
    shared.labels,
    rest,
    { ...options, minimum: MIN_MEMBER_SAMPLES },
    random.fork('shares'),
  );
  const members = shares.map((share, member) => holdOut(shared, share, random.fork(`member/${member}`)));
  return { test: source.test ?? subset(shared, test), members };
}

/** Each hospital gives a fifth of its own to the common test part, and holds out a fifth of the rest. */
function splitSites(sites: readonly Site[], { members }: SplitOptions, random: SeededRandom): FederationData {
  if (members !== sites.length) throw impossible(`${members} members for ${sites.length} hospitals; give as many`);
  const parts = sites.map(({ name, data }) => {
    if (data.samples < MIN_MEMBER_SAMPLES) {
      throw impossible(`${data.samples} usable samples at ${name}; each member needs ${MIN_MEMBER_SAMPLES}`);
    }
    const all = Array.from({ length: data.samples }, (_, index) => index);
    const test = stratifiedCut(data.labels, all, { share: TEST_SHARE, minimum: 1 }, random.fork(`test/${name}`));
    return { test: subset(data, test.heldOut), member: holdOut(data, test.rest, random.fork(`member/${name}`)) };
  });
  const [first, ...others] = parts.map(({ test }) => test) as [Dataset, ...Dataset[]];
  return { test: concatenate(first, ...others), members: parts.map(({ member }) => member) };
}

function holdOut(data: Dataset, samples: readonly number[], random: SeededRandom): MemberData {
  const cut = { share: HELD_OUT_SHARE, minimum: MIN_HELD_OUT };
  const { heldOut, rest: training } = stratifiedCut(data.labels, samples, cut, random);
  return { training: subset(data, training), heldOut: subset(data, heldOut) };
}

function checkOptions({ members, alpha }: SplitOptions, samples: number): void {
  if (!Number.isInteger(members) || members < 1 || members > MAX_MEMBERS) {
    throw impossible(`${members} members; give a whole number from 1 to ${MAX_MEMBERS}`);
  }
  if (!(alpha > 0)) throw impossible(`alpha ${alpha}; give a number above 0, or Infinity for no skew`);
  if (members * MIN_MEMBER_SAMPLES > samples) {
    throw impossible(`${samples} samples for ${members} members; each needs ${MIN_MEMBER_SAMPLES}, take fewer members`);
  }
}

function impossible(reason: string): DataError {
  return new DataError('data/impossible-split', `split: ${reason}`);
}
