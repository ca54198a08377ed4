import { TypedDataEncoder } from 'ethers';
import { type Hex, toHex } from '../../../src/base/bytes.ts';
import { createSeededRandom, type SeededRandom } from '../../../src/base/seeded-random.ts';
import type { StudyContext } from '../../../src/gossip/study-context.ts';
import { RECORD_KINDS, type RecordKind, receiveRecord } from '../../../src/gossip/study-topics.ts';
import type { Verdict } from '../../../src/gossip/verdict.ts';
import { decodeReveal, encodeAnnouncement, encodeReveal } from '../../../src/protocol/announcement.ts';
import { checkpointDigest, encodeCheckpoint, hashCheckpoint } from '../../../src/protocol/checkpoint.ts';
import { CONTRIBUTION_TYPE, hashContribution } from '../../../src/protocol/contribution.ts';
import { type LedgerDomain, typedDataDomain } from '../../../src/protocol/domain.ts';
import { contributionDigest, type Signature, signDigest, valuationDigest } from '../../../src/protocol/signature.ts';
import { hashValuation, packScores, type Valuation } from '../../../src/protocol/valuation.ts';
import { announcement, DOMAIN, digest, memberAccount, memberKey, STUDY } from '../../builders.ts';
import { controlRow, type FaultRow } from '../fault-row.ts';
import { CONTEXT } from './frame-types.ts';

const ROUND = 2;
const SAID = announcement(1, { round: ROUND });

/** A record used for something else than it was signed for. */
interface Replay {
  readonly kind: RecordKind;
  /** @param sign makes the signature: the old one in a replay, a fresh one of the named member in the control */
  make(random: SeededRandom, sign: Sign): Uint8Array;
}

/** @param before what was signed once @param now what is said now */
type Sign = (before: { digest: Hex }, now: { digest: Hex; member: number }) => Signature;

/** Signatures take milliseconds each, and most replays have the same. */
const signatures = new Map<Hex, Signature>();
const kept: Sign = (before) => {
  const signature = signatures.get(before.digest) ?? signDigest(memberKey(1), before.digest);
  if (signatures.size < 100) signatures.set(before.digest, signature);
  return signature;
};
/** Records as they were signed, one of each kind. */
const SOUND: Readonly<Record<RecordKind, () => Uint8Array>> = {
  contributions: () => encodeAnnouncement(SAID),
  reveals: () => reveal(() => ({})).make(createSeededRandom(0), kept),
  checkpoints: () => checkpoint(() => ({})).make(createSeededRandom(0), kept),
};
/** As a peer sees it that does not check signatures: whatever was changed, the signature fits. */
const afresh: Sign = (_before, now) => signDigest(memberKey(now.member), now.digest);

const randomHex = (random: SeededRandom, bytes: number): Hex =>
  toHex(Uint8Array.from({ length: bytes }, () => random.integer(256)));

const otherRound = (random: SeededRandom): number => [1, 3, 4][random.integer(3)] ?? 1;

type ContributionFields = Partial<ReturnType<typeof announcement>['record']>;

function contribution(change: (random: SeededRandom) => ContributionFields): Replay {
  return {
    kind: 'contributions',
    make(random, sign) {
      const { record: before, segments } = SAID;
      const record = { ...before, ...change(random) };
      const member = record.member === before.member ? 1 : 2;
      const now = { digest: contributionDigest(DOMAIN, record), member };
      return encodeAnnouncement({
        record,
        segments,
        signature: sign({ digest: contributionDigest(DOMAIN, before) }, now),
      });
    },
  };
}

/** A contribution that was signed for another ledger or protocol, word for word. */
function elsewhere(digestOf: (random: SeededRandom) => Hex): Replay {
  return {
    kind: 'contributions',
    make(random, sign) {
      const { record, segments } = SAID;
      const now = { digest: contributionDigest(DOMAIN, record), member: 1 };
      return encodeAnnouncement({ record, segments, signature: sign({ digest: digestOf(random) }, now) });
    },
  };
}

const signedFor = (domain: LedgerDomain): Hex => contributionDigest(domain, SAID.record);

function otherProtocol(): Hex {
  const { record } = SAID;
  return TypedDataEncoder.hash({ ...typedDataDomain(DOMAIN), version: '2' }, CONTRIBUTION_TYPE.types, record) as Hex;
}

const VALUATION: Valuation = {
  study: STUDY,
  round: 1,
  evaluator: memberAccount(1),
  scores: packScores([1, 2]),
  salt: digest('salt'),
};

function reveal(change: (random: SeededRandom) => Partial<Valuation>, of = DOMAIN): Replay {
  return {
    kind: 'reveals',
    make(random, sign) {
      const record = { ...VALUATION, ...change(random) };
      const member = record.evaluator === VALUATION.evaluator ? 1 : 2;
      const now = { digest: valuationDigest(DOMAIN, record), member };
      return encodeReveal({ record, signature: sign({ digest: valuationDigest(of, VALUATION) }, now) });
    },
  };
}

const HEAD = { study: STUDY, round: 1, head: digest('head') };

function checkpoint(change: (random: SeededRandom) => Partial<typeof HEAD>, by = 1, of = DOMAIN): Replay {
  return {
    kind: 'checkpoints',
    make(random, sign) {
      const record = { ...HEAD, ...change(random) };
      const now = { digest: checkpointDigest(DOMAIN, record), member: by };
      const signature = sign({ digest: checkpointDigest(of, HEAD) }, now);
      return encodeCheckpoint({ record, member: memberAccount(by), signature });
    },
  };
}

/** Each changes exactly one thing that a signature binds, and keeps the signature. */
const REPLAYS: Readonly<Record<string, Replay>> = {
  'contribution, another round': contribution((random) => ({ round: otherRound(random) })),
  'contribution, another member': contribution(() => ({ member: memberAccount(2) })),
  'contribution, another base': contribution((random) => ({ base: randomHex(random, 32) })),
  'contribution, other metrics': contribution((random) => ({ metrics: randomHex(random, 32) })),
  'contribution, another sample count': contribution((random) => ({ samples: 101 + random.integer(1_000_000) })),
  'contribution, another chain': elsewhere((random) => signedFor({ ...DOMAIN, chainId: 1 + random.integer(20_000) })),
  'contribution, another contract': elsewhere((random) => signedFor({ ...DOMAIN, contract: randomHex(random, 20) })),
  'contribution, another protocol version': elsewhere(otherProtocol),
  'scores, another round': reveal((random) => ({ round: [0, 2, 3][random.integer(3)] ?? 0 })),
  'scores, another evaluator': reveal(() => ({ evaluator: memberAccount(2) })),
  'scores, another salt': reveal((random) => ({ salt: randomHex(random, 32) })),
  'scores, another chain': reveal(() => ({}), { ...DOMAIN, chainId: 1 }),
  'checkpoint, another round': checkpoint((random) => ({ round: [0, 2, 3][random.integer(3)] ?? 0 })),
  'checkpoint, another member': checkpoint(() => ({}), 2),
  'checkpoint, another head': checkpoint((random) => ({ head: randomHex(random, 32) })),
  'checkpoint, another chain': checkpoint(() => ({}), 1, { ...DOMAIN, chainId: 1 }),
};

/** Whatever the scores are, they were committed to: only the signature is in the way. */
function judge(kind: RecordKind, bytes: Uint8Array, changes: Partial<StudyContext> = {}): Verdict {
  const nothing = (): void => {};
  const told = { onContribution: nothing, onEquivocation: nothing, onReveal: nothing, onCheckpoint: nothing };
  const committed = kind === 'reveals' ? hashValuation(decodeReveal(bytes).record) : undefined;
  const context = { ...CONTEXT, knownCommitment: () => committed, ...changes };
  return receiveRecord({ ...told, context }, kind, bytes);
}

function countAccepted({ kind, make }: Replay, sign: Sign, { times, seed }: Scale): number {
  const random = createSeededRandom(seed, 'replays');
  let accepted = 0;
  for (let i = 0; i < times; i++) if (judge(kind, make(random, sign)).action === 'accept') accepted += 1;
  return accepted;
}

interface Scale {
  readonly times: number;
  readonly seed: string;
}

/** Signed records used for something else than they were signed for, and again for the same. */
export function replays(scale: Scale): FaultRow[] {
  const rows = Object.entries(REPLAYS).map(([name, replay]): FaultRow => {
    const accepted = countAccepted(replay, kept, scale);
    return {
      name: `replays: ${name}`,
      target: `${scale.times} replays: 0 accepted`,
      measured: `${accepted} accepted`,
      passed: accepted === 0,
      seed: scale.seed,
    };
  });
  return [...rows, anotherStudy(scale), again(scale), replaysControl(scale)];
}

/** Every kind of record, word for word, to members of other studies. */
function anotherStudy({ times, seed }: Scale): FaultRow {
  const random = createSeededRandom(seed, 'studies');
  let accepted = 0;
  for (const kind of RECORD_KINDS) {
    const bytes = SOUND[kind]();
    for (let i = 0; i < times; i++) {
      if (judge(kind, bytes, { study: randomHex(random, 32) }).action === 'accept') accepted += 1;
    }
  }
  return {
    name: 'replays: every kind, another study',
    target: `${RECORD_KINDS.length * times} replays: 0 accepted`,
    measured: `${accepted} accepted`,
    passed: accepted === 0,
    seed,
  };
}

/** What is accepted is forwarded: each record may be, once, however often it comes. */
function again({ times, seed }: Scale): FaultRow {
  const known: Partial<StudyContext> = {
    knownContribution: () => hashContribution(SAID.record),
    knownReveal: () => true,
    knownCheckpoint: () => hashCheckpoint(HEAD),
  };
  let [first, more] = [0, 0];
  for (const kind of RECORD_KINDS) {
    const bytes = SOUND[kind]();
    if (judge(kind, bytes).action === 'accept') first += 1;
    for (let i = 0; i < times; i++) if (judge(kind, bytes, known).action === 'accept') more += 1;
  }
  return {
    name: 'replays: every kind, again',
    target: `${RECORD_KINDS.length} accepted once, 0 forwarded twice`,
    measured: `${first} accepted once, ${more} of ${RECORD_KINDS.length * times} accepted again`,
    passed: first === RECORD_KINDS.length && more === 0,
    seed,
  };
}

const CONTROL_TIMES = 5;

/** The same records with signatures that fit: so nothing but the signature kept the replays out. */
function replaysControl({ seed }: Scale): FaultRow {
  const scale = { times: CONTROL_TIMES, seed };
  const counts = Object.values(REPLAYS).map((replay) => countAccepted(replay, afresh, scale));
  const accepted = counts.filter((count) => count === CONTROL_TIMES).length;
  return controlRow({
    name: 'replays: a peer that does not look at signatures',
    measured: `${accepted} of ${counts.length} kinds accepted`,
    noticed: accepted === counts.length ? accepted : 0,
    seed,
  });
}
