import { describe, expect, test } from 'vitest';
import { ZERO_DIGEST } from '../../src/base/bytes.ts';
import { encodeCanonical } from '../../src/base/canonical.ts';
import type { StudyContext } from '../../src/gossip/study-context.ts';
import { MAXIMUM_CHECKPOINT_BYTES, validateCheckpoint } from '../../src/gossip/validate-checkpoint.ts';
import { MAXIMUM_ANNOUNCEMENT_BYTES, validateContribution } from '../../src/gossip/validate-contribution.ts';
import { MAXIMUM_REVEAL_BYTES, validateValuation } from '../../src/gossip/validate-valuation.ts';
import { type Announcement, encodeAnnouncement, encodeReveal, type Reveal } from '../../src/protocol/announcement.ts';
import {
  checkpointDigest,
  encodeCheckpoint,
  hashCheckpoint,
  type SignedCheckpoint,
} from '../../src/protocol/checkpoint.ts';
import { hashContribution } from '../../src/protocol/contribution.ts';
import { signDigest, valuationDigest } from '../../src/protocol/signature.ts';
import { hashValuation, packScores } from '../../src/protocol/valuation.ts';
import { announcement, DOMAIN, digest, memberAccount, memberKey, STUDY } from '../builders.ts';

const context: StudyContext = {
  domain: DOMAIN,
  study: STUDY,
  rounds: 5,
  segments: 2,
  epsilonBudgetMicros: 0,
  isParticipant: (account) => [1, 2].map(memberAccount).includes(account),
  knownContribution: () => undefined,
  knownCommitment: () => undefined,
  knownReveal: () => false,
  knownCheckpoint: () => undefined,
};

const judge = (value: Announcement | Uint8Array, changes: Partial<StudyContext> = {}) =>
  validateContribution(value instanceof Uint8Array ? value : encodeAnnouncement(value), { ...context, ...changes })
    .verdict;

describe('an announced contribution', () => {
  test('that is as it should be is accepted', () => {
    expect(judge(announcement(1))).toEqual({ action: 'accept' });
    const closing = announcement(1, { round: 5, update: ZERO_DIGEST, samples: 0 });
    expect(judge(closing)).toEqual({ action: 'accept' });
  });

  const closingFields = { round: 5, update: ZERO_DIGEST, samples: 0 };
  const rejected: [string, string, Announcement | Uint8Array][] = [
    ['C1', 'too large', new Uint8Array(MAXIMUM_ANNOUNCEMENT_BYTES + 1)],
    ['C2', 'rubbish', Uint8Array.of(1, 2, 3)],
    ['C2', 'with an unknown field', encodeCanonical({ ...announcement(1), more: true })],
    ['C2', 'with bytes behind it', Buffer.concat([encodeAnnouncement(announcement(1)), Uint8Array.of(0)])],
    ['C3', 'for another study', announcement(1, { study: digest('other') })],
    ['C4', 'past the last round', announcement(1, { round: 6 })],
    ['C4', 'of the closing round with an update', announcement(1, { round: 5 })],
    ['C4', 'of a training round without one', announcement(1, { ...closingFields, round: 4 })],
    ['C5', 'of round 0 with a recipe', announcement(1, { recipe: digest('r') })],
    ['C5', 'of round 1 without one', announcement(1, { round: 1, recipe: ZERO_DIGEST })],
    ['C5', 'without a base', announcement(1, { base: ZERO_DIGEST })],
    ['C6', 'without examples', announcement(1, { samples: 0 })],
    ['C6', 'that closes with examples', announcement(1, { ...closingFields, samples: 1 })],
    ['C7', 'past the privacy budget', announcement(1, { epsilonMicros: 1 })],
    ['C8', 'with too many segments', announcement(1, {}, 4)],
    ['C8', 'whose segments lead elsewhere', announcement(1, { update: digest('u') })],
    ['C11', 'signed by another member', { ...announcement(1), signature: announcement(2).signature }],
  ];
  test.each(rejected)('[REJECT] %s: %s', (rule, _what, value) => {
    expect(judge(value)).toMatchObject({ action: 'reject', rule });
  });

  test('[IGNORE] C9: of a stranger, without looking at the signature', () => {
    expect(judge(announcement(3))).toMatchObject({ action: 'ignore', rule: 'C9' });
  });

  test('[IGNORE] C10: known already', () => {
    const known = announcement(1);
    expect(judge(known, { knownContribution: () => hashContribution(known.record) })).toMatchObject({
      action: 'ignore',
      rule: 'C10',
    });
  });

  test('[IGNORE] C12: a second, different one is not passed on', () => {
    const known = hashContribution(announcement(1).record);
    expect(judge(announcement(1, { samples: 9 }), { knownContribution: () => known })).toMatchObject({
      action: 'ignore',
      rule: 'C12',
    });
  });
});

describe('a revealed valuation', () => {
  const record = {
    study: STUDY,
    round: 1,
    evaluator: memberAccount(1),
    scores: packScores([1, 2]),
    salt: digest('salt'),
  };
  const sign = (fields: Partial<Reveal['record']> = {}, signer = 1): Reveal => {
    const changed = { ...record, ...fields };
    return { record: changed, signature: signDigest(memberKey(signer), valuationDigest(DOMAIN, changed)) };
  };
  const judgeReveal = (
    value: Reveal | Uint8Array,
    commitment: StudyContext['knownCommitment'] = () => hashValuation(record),
  ) =>
    validateValuation(value instanceof Uint8Array ? value : encodeReveal(value), {
      ...context,
      knownCommitment: commitment,
    }).verdict;

  test('that opens its commitment is accepted', () => {
    expect(judgeReveal(sign())).toEqual({ action: 'accept' });
  });

  const rejected: [string, string, Reveal | Uint8Array][] = [
    ['V1', 'too large', new Uint8Array(MAXIMUM_REVEAL_BYTES + 1)],
    ['V2', 'rubbish', Uint8Array.of(0xff)],
    ['V3', 'of another study', sign({ study: digest('other') })],
    ['V3', 'of a round that is none', sign({ round: 5 })],
    ['V5', 'signed by another member', sign({}, 2)],
    ['V7', 'with other scores than committed', sign({ scores: packScores([9, 2]) })],
    ['V7', 'with another salt', sign({ salt: digest('other') })],
  ];
  test.each(rejected)('[REJECT] %s: %s', (rule, _what, value) => {
    expect(judgeReveal(value)).toMatchObject({ action: 'reject', rule });
  });

  test('[IGNORE] V4: of a stranger', () => {
    expect(judgeReveal(sign({ evaluator: memberAccount(3) }, 3))).toMatchObject({ action: 'ignore', rule: 'V4' });
  });

  test('[IGNORE] V6: whose commitment is not known yet', () => {
    expect(judgeReveal(sign(), () => undefined)).toMatchObject({ action: 'ignore', rule: 'V6' });
  });
});

describe('a revealed valuation that is known', () => {
  test('[IGNORE] V8: is not passed on again, however it is signed', () => {
    const record = {
      study: STUDY,
      round: 1,
      evaluator: memberAccount(1),
      scores: packScores([1]),
      salt: digest('salt'),
    };
    const signature = signDigest(memberKey(2), valuationDigest(DOMAIN, record));
    const known = { ...context, knownCommitment: () => hashValuation(record), knownReveal: () => true };
    expect(validateValuation(encodeReveal({ record, signature }), known).verdict).toMatchObject({ rule: 'V8' });
  });
});

describe('a checkpoint', () => {
  const record = { study: STUDY, round: 1, head: digest('head') };
  const sign = (fields: Partial<typeof record> = {}, signer = 1, member = 1): SignedCheckpoint => {
    const changed = { ...record, ...fields };
    const signature = signDigest(memberKey(signer), checkpointDigest(DOMAIN, changed));
    return { record: changed, member: memberAccount(member), signature };
  };
  const judgeCheckpoint = (value: SignedCheckpoint | Uint8Array, known?: SignedCheckpoint) =>
    validateCheckpoint(value instanceof Uint8Array ? value : encodeCheckpoint(value), {
      ...context,
      knownCheckpoint: () => known && hashCheckpoint(known.record),
    }).verdict;

  test('that is signed by a participant is accepted', () => {
    expect(judgeCheckpoint(sign())).toEqual({ action: 'accept' });
    expect(judgeCheckpoint(sign({ round: 5 }))).toEqual({ action: 'accept' });
  });

  const rejected: [string, string, SignedCheckpoint | Uint8Array][] = [
    ['K1', 'too large', new Uint8Array(MAXIMUM_CHECKPOINT_BYTES + 1)],
    ['K2', 'rubbish', Uint8Array.of(0xff)],
    ['K2', 'with an unknown field', encodeCanonical({ ...sign(), more: 1 })],
    ['K3', 'of another study', sign({ study: digest('other') })],
    ['K3', 'of a round past the closing one', sign({ round: 6 })],
    ['K6', 'signed by another member', sign({}, 2)],
  ];
  test.each(rejected)('[REJECT] %s: %s', (rule, _what, value) => {
    expect(judgeCheckpoint(value)).toMatchObject({ action: 'reject', rule });
  });

  test('[IGNORE] K4: of a stranger', () => {
    expect(judgeCheckpoint(sign({}, 3, 3))).toMatchObject({ action: 'ignore', rule: 'K4' });
  });

  test('[IGNORE] K5: known already', () => {
    expect(judgeCheckpoint(sign(), sign())).toMatchObject({ action: 'ignore', rule: 'K5' });
  });

  test('[IGNORE] K7: a second, different one of a round', () => {
    expect(judgeCheckpoint(sign(), sign({ head: digest('other') }))).toMatchObject({ action: 'ignore', rule: 'K7' });
  });
});
