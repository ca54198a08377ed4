import type { Evidence } from '../../../src/audit/evidence.ts';
import { type Hex, toHex } from '../../../src/base/bytes.ts';
import { encodeCanonical } from '../../../src/base/canonical.ts';
import type { SeededRandom } from '../../../src/base/seeded-random.ts';
import { checkpointDigest } from '../../../src/protocol/checkpoint.ts';
import { isClosing } from '../../../src/protocol/contribution.ts';
import { headCount } from '../../../src/protocol/head-word.ts';
import { studyOf } from '../../../src/protocol/manifest.ts';
import { decodeMetrics } from '../../../src/protocol/metrics.ts';
import { decodeRecipe, type Recipe } from '../../../src/protocol/recipe.ts';
import { rootOfDigests } from '../../../src/protocol/segments.ts';
import { contributionDigest, signDigest } from '../../../src/protocol/signature.ts';
import { DOMAIN, memberAccount, memberKey } from '../../builders.ts';
import { MEMBERS } from '../synthetic-study.ts';
import { type BaseBundle, type Expectation, type Mutation, type MutationKind, pick } from './case.ts';
import { edited, isSame, rechained, withBlob, withContribution } from './forge.ts';

/** Changes of what records name, with every digest that leads to it. */

const isOffline = (random: SeededRandom): boolean => random.integer(2) === 0;

type Announced = Evidence['announcements'][number];
const placeOf = ({ record: { member, round } }: Announced) => ({ member, round });

/** The document behind a record is another one; record, log and heads follow. No key signs that. */
function withDocument(
  { study }: BaseBundle,
  victim: Announced,
  { field, value }: { field: 'recipe' | 'metrics'; value: unknown },
) {
  const { blobs, digest } = withBlob(study.blobs, encodeCanonical(value));
  return {
    blobs,
    evidence: withContribution(study.evidence, placeOf(victim), (record) => ({ ...record, [field]: digest })),
  };
}

const signatureWrong = (victim: Announced): Expectation[] => [
  { codes: ['audit/signature-wrong'], place: placeOf(victim) },
];

function recipeOf({ study }: BaseBundle, { record }: Announced): Recipe {
  return decodeRecipe(study.blobs.get(record.recipe) ?? new Uint8Array());
}

const afterMix = ({ study }: BaseBundle, random: SeededRandom): Announced =>
  pick(
    study.evidence.announcements.filter(({ record }) => record.round > 0),
    random,
  );

export const editRecipe: MutationKind = (base, random) => {
  const victim = afterMix(base, random);
  const recipe = recipeOf(base, victim);
  const { record: value, field } = edited(recipe, random);
  if (isSame(value, recipe)) return null;
  return {
    parts: withDocument(base, victim, { field: 'recipe', value }),
    isOffline: isOffline(random),
    expected: signatureWrong(victim),
    what: `${field} of a recipe edited`,
  };
};

/** The block alone is replaced: the record still names the true one. */
export const replaceRecipe: MutationKind = (base, random) => {
  const victim = afterMix(base, random);
  const recipe = recipeOf(base, victim);
  const { record: value } = edited(recipe, random);
  if (isSame(value, recipe)) return null;
  const blobs = new Map(base.study.blobs);
  blobs.set(victim.record.recipe, encodeCanonical(value));
  const { member, round } = victim.record;
  return {
    parts: { evidence: base.study.evidence, blobs },
    isOffline: isOffline(random),
    expected: [
      { codes: ['audit/block-damaged'], place: { member, round } },
      { codes: ['audit/recipe-missing'], place: { member, round: round - 1 } },
    ],
    what: 'a recipe replaced under its name',
  };
};

/** Another choice of sources for one segment. @returns null if there is none */
function otherChoice(recipe: Recipe, random: SeededRandom): { recipe: Recipe; segment: number } | null {
  const segment = random.integer(recipe.segments.length);
  const step = recipe.segments[segment];
  const own = recipe.entries.findIndex(({ member, round }) => member === recipe.member && round === recipe.round);
  if (step === undefined) return null;
  const others = recipe.entries.map((_, i) => i).filter((i) => i !== own);
  const instead = pick(
    others.filter((i) => !step.sources.includes(i)),
    random,
  );
  const given = pick(
    step.sources.filter((i) => i !== own),
    random,
  );
  const sources = step.sources.map((i) => (i === given ? instead : i)).toSorted((a, b) => a - b);
  return { segment, recipe: { ...recipe, segments: recipe.segments.with(segment, { ...step, sources }) } };
}

const mixesByChoice = ({ study: { evidence, manifest } }: BaseBundle): Announced[] =>
  evidence.announcements.filter(({ record }) => record.round > 0 && record.round < manifest.rounds);

export const otherSegmentChoice: MutationKind = (base, random) => {
  const victim = pick(mixesByChoice(base), random);
  const choice = otherChoice(recipeOf(base, victim), random);
  if (choice === null) return null;
  const { member, round } = victim.record;
  return {
    parts: withDocument(base, victim, { field: 'recipe', value: choice.recipe }),
    isOffline: true, // with the chain the true recipe is asked for, and the forged one is in nobody's record
    expected: [{ codes: ['audit/pull-choice-wrong'], place: { member, round: round - 1, segment: choice.segment } }],
    what: `another choice of sources for segment ${choice.segment}`,
  };
};

/** The member itself states another choice, signs it, and it is on the chain, under heads that everybody signed. */
export const signedSegmentChoice: MutationKind = (base, random) => {
  const victim = pick(mixesByChoice(base), random);
  const choice = otherChoice(recipeOf(base, victim), random);
  if (choice === null) return null;
  const { evidence: unsigned, blobs } = withDocument(base, victim, { field: 'recipe', value: choice.recipe });
  const evidence = signedBy(unsigned, victim);
  const { member, round } = victim.record;
  return {
    parts: { evidence, blobs },
    log: evidence.log,
    isOffline: isOffline(random),
    expected: [{ codes: ['audit/pull-choice-wrong'], place: { member, round: round - 1, segment: choice.segment } }],
    what: `a member's own other choice for segment ${choice.segment}, signed and recorded`,
  };
};

/** Signs a member's record, and everybody's heads, again. */
function signedBy(evidence: Evidence, victim: Announced): Evidence {
  const numbers = Array.from({ length: MEMBERS }, (_, i) => i + 1);
  const keys = new Map<Hex, Hex>(numbers.map((n) => [memberAccount(n), memberKey(n)]));
  const keyOf = (member: Hex): Hex => keys.get(member) ?? '0x';
  return {
    ...evidence,
    announcements: evidence.announcements.map((each) =>
      each.record.member === victim.record.member && each.record.round === victim.record.round
        ? { ...each, signature: signDigest(keyOf(each.record.member), contributionDigest(DOMAIN, each.record)) }
        : each,
    ),
    checkpoints: evidence.checkpoints.map(({ record, member }) => {
      const head = evidence.log[headCount(record.head) - 1]?.head ?? record.head;
      const now = { ...record, head };
      return { record: now, member, signature: signDigest(keyOf(member), checkpointDigest(DOMAIN, now)) };
    }),
  };
}

export const editMetrics: MutationKind = (base, random) => {
  const victim = pick(base.study.evidence.announcements, random);
  const metrics = decodeMetrics(base.study.blobs.get(victim.record.metrics) ?? new Uint8Array());
  const { record: value, field } = edited(metrics, random);
  if (isSame(value, metrics)) return null;
  return {
    parts: withDocument(base, victim, { field: 'metrics', value }),
    isOffline: isOffline(random),
    expected: signatureWrong(victim),
    what: `${field} of metrics edited`,
  };
};

/** A segment is edited, and so are its digest, the update, the record, the log. */
export const editSegment: MutationKind = (base, random) => {
  const victim = pick(
    base.study.evidence.announcements.filter(({ record }) => !isClosing(record)),
    random,
  );
  const segment = random.integer(victim.segments.length);
  const bytes = Uint8Array.from(base.study.blobs.get(victim.segments[segment] ?? '0x') ?? []);
  const at = random.integer(bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(8));
  const { blobs, digest } = withBlob(base.study.blobs, bytes);
  const segments = victim.segments.with(segment, digest);
  const evidence = withContribution(base.study.evidence, placeOf(victim), (record) => ({
    ...record,
    update: rootOfDigests(segments),
  }));
  const announcements = evidence.announcements.map((each) =>
    each.record.member === victim.record.member && each.record.round === victim.record.round
      ? { ...each, segments }
      : each,
  );
  return {
    parts: { evidence: { ...evidence, announcements }, blobs },
    isOffline: isOffline(random),
    expected: signatureWrong(victim),
    what: `segment ${segment} of an update edited`,
  };
};

/** What proves that segments belong to an update has another shape: a leaf less, more, twice, a node for two leaves, another order. */
export const reshapeProof: MutationKind = (base, random) => {
  const victim = pick(
    base.study.evidence.announcements.filter(({ record }) => !isClosing(record)),
    random,
  );
  const { segments } = victim;
  const at = random.integer(segments.length);
  const stranger = toHex(Uint8Array.from({ length: 32 }, () => random.integer(256)));
  const node = rootOfDigests(segments.slice(0, 2));
  const shapes: (readonly Hex[])[] = [
    segments.toSpliced(at, 1),
    segments.toSpliced(at, 0, stranger),
    segments.toSpliced(at, 0, ...segments.slice(at, at + 1)),
    segments.with(at, stranger),
    [node, ...segments.slice(2)],
    [victim.record.update],
    segments.toReversed(),
    [...segments, ...segments],
    [],
  ];
  const shape = pick(shapes, random);
  const announcements = base.study.evidence.announcements.map((each) =>
    each === victim ? { ...each, segments: [...shape] } : each,
  );
  return {
    parts: { evidence: { ...base.study.evidence, announcements } },
    isOffline: isOffline(random),
    expected: [{ codes: ['audit/segments-mismatch'], place: placeOf(victim) }],
    what: `${shape.length} digests instead of ${segments.length}`,
  };
};

export const editInitialModel: MutationKind = (base, random) => {
  const { evidence } = base.study;
  const at = random.integer(evidence.initialModel.length);
  const initialModel = evidence.initialModel.toSpliced(
    at,
    1,
    ...(random.integer(2) === 0 ? [] : [toHex(Uint8Array.from({ length: 32 }, () => random.integer(256)))]),
  );
  return {
    parts: { evidence: { ...evidence, initialModel } },
    isOffline: isOffline(random),
    expected: [{ codes: ['audit/initial-model-mismatch'], place: {} }],
    what: 'another initial model',
  };
};

function elsewhere(base: BaseBundle, offline: boolean, change: Partial<Evidence>, what: string): Mutation {
  const evidence = rechained({ ...base.study.evidence, ...change });
  const expected: Expectation[] = [{ codes: [offline ? 'audit/wrong-ledger' : 'refused'], place: {} }];
  return { parts: { evidence }, isOffline: offline, expected, what };
}

export const wrongChain: MutationKind = (base, random) =>
  elsewhere(
    base,
    isOffline(random),
    { chainId: base.study.evidence.chainId + 1 + random.integer(1000) },
    'another chain',
  );

export const lookAlikeContract: MutationKind = (base, random) => {
  const { contract } = base.study.evidence;
  const at = 2 + random.integer(40);
  const digit = (Number.parseInt(contract[at] ?? '0', 16) ^ (1 + random.integer(15))).toString(16);
  const lookAlike = `${contract.slice(0, at)}${digit}${contract.slice(at + 1)}` as Hex;
  return elsewhere(base, isOffline(random), { contract: lookAlike }, 'a contract of nearly that address');
};

/** The manifest is edited, and the study named after it. */
export const editManifest: MutationKind = (base, random) => {
  const { manifest, evidence } = base.study;
  const field = pick(['title', 'nonce', 'pulls', 'finalPulls', 'minimumMembers'] as const, random);
  const value = typeof manifest[field] === 'number' ? manifest[field] + 1 : `${manifest[field]}!`;
  const other = { ...manifest, [field]: value };
  const study = studyOf(other);
  const parts = rechained({
    ...evidence,
    study,
    log: evidence.log.map((entry) => ({ ...entry, record: { ...entry.record, study } })) as Evidence['log'],
    announcements: evidence.announcements.map((each) => ({ ...each, record: { ...each.record, study } })),
    checkpoints: evidence.checkpoints.map((each) => ({ ...each, record: { ...each.record, study } })),
  });
  const offline = isOffline(random);
  return {
    parts: { evidence: parts, manifest: other },
    isOffline: offline,
    // A manifest that no study can have is no manifest.
    expected: [
      { codes: [offline ? 'audit/wrong-ledger' : 'audit/study-unknown', 'audit/manifest-mismatch'], place: {} },
    ],
    what: `${field} of the manifest edited`,
  };
};
