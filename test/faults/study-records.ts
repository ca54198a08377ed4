import type { Hex } from '../../src/base/bytes.ts';
import { ZERO_DIGEST } from '../../src/base/bytes.ts';
import type { OutboxItem } from '../../src/ledger/outbox-item.ts';
import type { LedgerDomain } from '../../src/protocol/domain.ts';
import { contributionDigest, signDigest } from '../../src/protocol/signature.ts';
import { hashValuation, packScores, type Valuation } from '../../src/protocol/valuation.ts';
import { contribution, digest, memberAccount, memberKey } from '../builders.ts';

/** Which study records are for, and where their signatures hold. */
export interface StudyPlace {
  readonly study: Hex;
  readonly domain: LedgerDomain;
}

/** What member `n` puts into its outbox over a study: a contribution each round, and after it the scores of the round before. */
export function recordsOf(n: number, rounds: number, place: StudyPlace): OutboxItem[] {
  return Array.from({ length: rounds }, (_, round) => round).flatMap((round): OutboxItem[] => {
    if (round === 0) return [contributionItem(n, place, { round, scoreCommitment: ZERO_DIGEST })];
    const record = valuationOf(n, round - 1, place.study);
    const scoreCommitment = hashValuation(record);
    return [contributionItem(n, place, { round, scoreCommitment }), { kind: 'valuation', record }];
  });
}

export function valuationOf(n: number, round: number, study: Hex): Valuation {
  return {
    study,
    round,
    evaluator: memberAccount(n),
    scores: packScores([round + 1]),
    salt: digest(`salt ${n}/${round}`),
  };
}

export function contributionItem(
  n: number,
  { study, domain }: StudyPlace,
  fields: Parameters<typeof contribution>[0],
): OutboxItem & { kind: 'contribution' } {
  const record = contribution({ study, member: memberAccount(n), ...fields });
  return { kind: 'contribution', record, signature: signDigest(memberKey(n), contributionDigest(domain, record)) };
}
