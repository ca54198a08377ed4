import { type Hex, sha256, toHex, ZERO_DIGEST } from '../src/base/bytes.ts';
import { accountOf } from '../src/protocol/account.ts';
import type { Announcement } from '../src/protocol/announcement.ts';
import { type Contribution, isClosing } from '../src/protocol/contribution.ts';
import type { LedgerDomain } from '../src/protocol/domain.ts';
import { segmentModel } from '../src/protocol/segments.ts';
import { contributionDigest, signDigest } from '../src/protocol/signature.ts';

/** Records for tests: valid unless a test says otherwise. */
export const DOMAIN: LedgerDomain = { chainId: 20_201, contract: `0x${'ab'.repeat(20)}` };

export const digest = (text: string): Hex => toHex(sha256(Buffer.from(text)));

/** The private key of test member n. */
export const memberKey = (n: number): Hex => digest(`member key ${n}`);

export const memberAccount = (n: number): Hex => accountOf(Buffer.from(memberKey(n).slice(2), 'hex'));

export const STUDY = digest('a study');

export function contribution(fields: Partial<Contribution>): Contribution {
  const round = fields.round ?? 0;
  return {
    study: STUDY,
    round,
    member: memberAccount(1),
    base: digest(`base ${round}`),
    recipe: round === 0 ? ZERO_DIGEST : digest(`recipe ${round}`),
    update: digest(`update ${round}`),
    samples: 100,
    epsilonMicros: 0,
    metrics: digest('metrics'),
    scoreCommitment: round === 0 ? ZERO_DIGEST : digest(`commitment ${round}`),
    ...fields,
  };
}

/** A signed announcement of member n with a model of eight parameters in `segments` segments. */
export function announcement(n: number, fields: Partial<Contribution> = {}, segments = 2): Announcement {
  const model = segmentModel(
    Float32Array.from({ length: 8 }, (_, i) => n + i / 8),
    segments,
  );
  const record = contribution({ member: memberAccount(n), update: model.root, ...fields });
  const signature = signDigest(memberKey(n), contributionDigest(DOMAIN, record));
  return { record, signature, segments: isClosing(record) ? [] : [...model.digests] };
}
