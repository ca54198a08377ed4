import type { Evidence } from '../../../src/audit/evidence.ts';
import { inBundleOrder } from '../../../src/audit/record-order.ts';
import type { SeededRandom } from '../../../src/base/seeded-random.ts';
import { headCount } from '../../../src/protocol/head-word.ts';
import { packScores } from '../../../src/protocol/valuation.ts';
import { type BaseBundle, type Expectation, type Mutation, type MutationKind, pick } from './case.ts';
import { edited, isSame, otherValue, rechained, withContribution } from './forge.ts';

/** Changes of records by somebody who encodes, hashes and sorts everything again, and has no member's key. */

const isOffline = (random: SeededRandom): boolean => random.integer(2) === 0;

/** Offline a rewritten log is named from the last head on that was signed before the entry; with the chain, the entry itself. */
function expectLog({ study }: BaseBundle, sequence: number, offline: boolean): Expectation[] {
  if (!offline) return [{ codes: ['audit/log-differs'], place: { sequence } }];
  const counts = study.evidence.checkpoints
    .map(({ record }) => headCount(record.head))
    .filter((count) => count <= sequence);
  return [{ codes: ['audit/history-rewritten'], place: { sequence: Math.max(0, ...counts) } }];
}

function forged(parts: Evidence, rest: Omit<Mutation, 'parts'>): Mutation {
  return { parts: { evidence: parts }, ...rest };
}

const keyOf = ({ record }: Evidence['announcements'][number]) => ({ member: record.member, round: record.round });

export const dropRecord: MutationKind = ({ study: { evidence } }, random) => {
  const victim = pick(evidence.announcements, random);
  const announcements = evidence.announcements.filter((each) => each !== victim);
  const expected: Expectation[] = [{ codes: ['audit/record-missing'], place: keyOf(victim) }];
  return forged(
    { ...evidence, announcements },
    { isOffline: isOffline(random), expected, what: 'a signed record left out' },
  );
};

export const duplicateRecord: MutationKind = ({ study: { evidence } }, random) => {
  const victim = pick(evidence.announcements, random);
  const announcements = evidence.announcements.toSpliced(random.integer(evidence.announcements.length), 0, victim);
  const expected: Expectation[] = [{ codes: ['audit/record-misplaced'], place: keyOf(victim) }];
  return forged(
    { ...evidence, announcements },
    { isOffline: isOffline(random), expected, what: 'a signed record twice' },
  );
};

export const swapRecords: MutationKind = ({ study: { evidence } }, random) => {
  const [one, other] = [pick(evidence.announcements, random), pick(evidence.announcements, random)];
  if (one === other) return null;
  const announcements = evidence.announcements.map((each) => (each === one ? other : each === other ? one : each));
  const expected = [one, other].map((each): Expectation => ({ codes: ['audit/record-misplaced'], place: keyOf(each) }));
  return forged(
    { ...evidence, announcements },
    { isOffline: isOffline(random), expected, what: 'two signed records exchanged' },
  );
};

export const truncateRecords: MutationKind = ({ study: { evidence } }, random) => {
  const length = random.integer(evidence.announcements.length);
  const lost = evidence.announcements[length];
  if (lost === undefined) return null;
  const expected: Expectation[] = [{ codes: ['audit/record-missing'], place: keyOf(lost) }];
  const announcements = evidence.announcements.slice(0, length);
  return forged(
    { ...evidence, announcements },
    { isOffline: isOffline(random), expected, what: `records from ${length} on left out` },
  );
};

export const editRecord: MutationKind = (base, random) => {
  const { evidence } = base.study;
  const victim = pick(evidence.announcements, random);
  const { record, field } = edited(victim.record, random);
  const announcements = evidence.announcements.map((each) => (each === victim ? { ...each, record } : each));
  const parts = inBundleOrder({ ...evidence, announcements });
  const expected: Expectation[] = [{ codes: ['audit/signature-wrong'], place: keyOf({ ...victim, record }) }];
  return forged(parts, { isOffline: isOffline(random), expected, what: `${field} of a signed record edited` });
};

export const editSignature: MutationKind = ({ study: { evidence } }, random) => {
  const victim = pick(evidence.announcements, random);
  const signature = edited(victim.signature, random).record;
  const announcements = evidence.announcements.map((each) => (each === victim ? { ...each, signature } : each));
  const expected: Expectation[] = [{ codes: ['audit/signature-wrong'], place: keyOf(victim) }];
  return forged({ ...evidence, announcements }, { isOffline: isOffline(random), expected, what: 'a signature edited' });
};

/** The record is edited in the log and in the bundle, and all heads follow. */
export const editRecordEverywhere: MutationKind = (base, random) => {
  const { evidence } = base.study;
  const victim = pick(evidence.announcements, random);
  const { record, field } = edited(victim.record, random);
  if (field === 'study') return null;
  const parts = withContribution(evidence, keyOf(victim), () => record);
  const expected: Expectation[] = [
    { codes: ['audit/signature-wrong'], place: { member: record.member, round: record.round } },
  ];
  return forged(parts, {
    isOffline: isOffline(random),
    expected,
    what: `${field} of a record edited in log and bundle`,
  });
};

export const editEntry: MutationKind = (base, random) => {
  const { evidence } = base.study;
  const victim = pick(evidence.log, random);
  const { record, field } =
    victim.kind === 'joined' && random.integer(5) === 0
      ? otherPosition(victim.record, random)
      : edited(victim.record, random);
  if (field === 'maximumMembers' || field === 'position') return null; // may leave what a record can hold
  const log = evidence.log.map((each) => (each === victim ? ({ ...each, record } as typeof each) : each));
  const offline = isOffline(random);
  return forged(rechained({ ...evidence, log }), {
    isOffline: offline,
    expected: expectLog(base, victim.sequence, offline),
    what: `${field} of entry ${victim.sequence} edited`,
  });
};

/** A position that a record can hold, with nobody before it. */
function otherPosition<T extends { position: number }>(record: T, random: SeededRandom): { record: T; field: string } {
  return { field: 'joined', record: { ...record, position: (record.position + 1 + random.integer(60)) % 64 } };
}

/** Block and transaction of an entry are in no hash: only the chain can vouch for them. */
export const editEntryPlace: MutationKind = (base, random) => {
  const { evidence } = base.study;
  const victim = pick(evidence.log, random);
  const field = pick(['blockNumber', 'transaction'] as const, random);
  const log = evidence.log.map((each) =>
    each === victim ? { ...each, [field]: otherValue(each[field], random) } : each,
  ) as Evidence['log'];
  return forged(
    { ...evidence, log },
    {
      isOffline: false,
      expected: expectLog(base, victim.sequence, false),
      what: `${field} of entry ${victim.sequence}`,
    },
  );
};

export const editScores: MutationKind = (base, random) => {
  const { evidence } = base.study;
  const victim = pick(
    evidence.log.filter((entry) => entry.kind === 'valuation'),
    random,
  );
  if (victim.kind !== 'valuation') return null;
  const scores = packScores(Array.from({ length: 4 }, () => random.integer(1000)));
  if (isSame(scores, victim.record.scores)) return null;
  const log = evidence.log.map((each) =>
    each === victim ? { ...victim, record: { ...victim.record, scores } } : each,
  );
  const { evaluator: member, round } = victim.record;
  const offline = isOffline(random);
  const expected: Expectation[] = offline
    ? [{ codes: ['audit/valuation-mismatch'], place: { member, round } }]
    : expectLog(base, victim.sequence, false);
  return forged(rechained({ ...evidence, log }), {
    isOffline: offline,
    expected,
    what: `scores of entry ${victim.sequence} edited`,
  });
};

/** The end of the log left out is a log that ends early: the chain says where. */
export const dropEntry: MutationKind = (base, random) => {
  const { evidence } = base.study;
  const at = random.integer(evidence.log.length);
  const offline = isOffline(random);
  const isEnd = at === evidence.log.length - 1 && !offline;
  return forged(rechained({ ...evidence, log: evidence.log.toSpliced(at, 1) }), {
    isOffline: offline,
    expected: isEnd ? [{ codes: ['notice'], place: { sequence: at } }] : expectLog(base, at, offline),
    what: `entry ${at} left out`,
  });
};

export const duplicateEntry: MutationKind = (base, random) => {
  const { evidence } = base.study;
  const at = random.integer(evidence.log.length);
  const offline = isOffline(random);
  const log = evidence.log.toSpliced(at, 0, ...evidence.log.slice(at, at + 1));
  const second: Expectation = { codes: ['audit/record-duplicate'], place: { sequence: at + 1 } };
  return forged(rechained({ ...evidence, log }), {
    isOffline: offline,
    expected: [...expectLog(base, at + 1, offline), second],
    what: `entry ${at} twice`,
  });
};

export const swapEntries: MutationKind = (base, random) => {
  const { evidence } = base.study;
  const [i, j] = [random.integer(evidence.log.length), random.integer(evidence.log.length)];
  const [one, other] = [evidence.log[i], evidence.log[j]];
  if (i === j || one === undefined || other === undefined) return null;
  const offline = isOffline(random);
  return forged(rechained({ ...evidence, log: evidence.log.with(i, other).with(j, one) }), {
    isOffline: offline,
    expected: expectLog(base, Math.min(i, j), offline),
    what: `entries ${i} and ${j} exchanged`,
  });
};

/** A log that ends early is true as far as it goes: who signed later heads says what is missing, or the chain does. */
export const truncateLog: MutationKind = (base, random) => {
  const { evidence } = base.study;
  const length = random.integer(evidence.log.length);
  const offline = isOffline(random);
  // Before anybody joined there is nobody whose signature of a later head counts, nor a record that belongs to the study.
  const stranger = evidence.announcements.slice(0, 1).map(keyOf);
  const orphaned = stranger.map((place): Expectation => ({ codes: ['audit/record-not-anchored'], place }));
  const expected: Expectation[] = offline
    ? [...expectLog(base, length, true), ...(length < 2 ? orphaned : [])]
    : [{ codes: ['notice'], place: { sequence: length } }];
  return forged(rechained({ ...evidence, log: evidence.log.slice(0, length) }), {
    isOffline: offline,
    expected,
    what: `log cut off at ${length}`,
  });
};

export const editCheckpoint: MutationKind = ({ study: { evidence } }, random) => {
  const victim = pick(evidence.checkpoints, random);
  const changed =
    random.integer(2) === 0
      ? { ...victim, record: edited(victim.record, random).record }
      : { ...victim, signature: edited(victim.signature, random).record };
  const checkpoints = evidence.checkpoints.map((each) => (each === victim ? changed : each));
  const expected: Expectation[] = [
    { codes: ['audit/signature-wrong'], place: { member: victim.member, round: changed.record.round } },
  ];
  return forged(inBundleOrder({ ...evidence, checkpoints }), {
    isOffline: isOffline(random),
    expected,
    what: 'a signed head edited',
  });
};

export const duplicateCheckpoint: MutationKind = ({ study: { evidence } }, random) => {
  const victim = pick(evidence.checkpoints, random);
  const checkpoints = evidence.checkpoints.toSpliced(random.integer(evidence.checkpoints.length), 0, victim);
  const expected: Expectation[] = [
    { codes: ['audit/record-misplaced'], place: { member: victim.member, round: victim.record.round } },
  ];
  return forged({ ...evidence, checkpoints }, { isOffline: isOffline(random), expected, what: 'a signed head twice' });
};

/** No rule says that a member signs a head; that others did and it did not is a notice. */
export const dropCheckpoint: MutationKind = ({ study: { evidence } }, random) => {
  const victim = pick(evidence.checkpoints, random);
  const checkpoints = evidence.checkpoints.filter((each) => each !== victim);
  const expected: Expectation[] = [{ codes: ['notice'], place: { member: victim.member, round: victim.record.round } }];
  return forged(
    { ...evidence, checkpoints },
    { isOffline: isOffline(random), expected, what: 'a signed head left out' },
  );
};
