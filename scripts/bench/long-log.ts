import type { Evidence } from '../../src/audit/evidence.ts';
import { type Hex, sha256, toHex, ZERO_DIGEST } from '../../src/base/bytes.ts';
import { accountOf } from '../../src/protocol/account.ts';
import { checkpointDigest } from '../../src/protocol/checkpoint.ts';
import type { Contribution } from '../../src/protocol/contribution.ts';
import type { LedgerDomain } from '../../src/protocol/domain.ts';
import { initialHead, type LedgerContent, nextHead } from '../../src/protocol/ledger-entry.ts';
import { contributionDigest, signDigest } from '../../src/protocol/signature.ts';
import { hashValuation, packScores, type Valuation } from '../../src/protocol/valuation.ts';

const DOMAIN: LedgerDomain = { chainId: 20_201, contract: `0x${'ab'.repeat(20)}` };
const SEGMENTS = 4;

const digest = (text: string): Hex => toHex(sha256(Buffer.from(text)));

/** The ledger part of a long study: every record is really signed and chained; the blocks that the records name do not exist. */
export function longLog(study: Hex, members: number, rounds: number): Evidence {
  const people = Array.from({ length: members }, (_, n) => {
    const key = digest(`bench member ${n}`);
    return { key, account: accountOf(Buffer.from(key.slice(2), 'hex')) };
  });
  const log: Evidence['log'][number][] = [];
  const announcements: Evidence['announcements'][number][] = [];
  const checkpoints: Evidence['checkpoints'][number][] = [];
  let head = initialHead(DOMAIN, study);
  const append = (content: LedgerContent): void => {
    head = nextHead(head, content);
    const place = {
      sequence: log.length,
      head,
      blockNumber: log.length,
      transaction: digest(`transaction ${log.length}`),
    };
    log.push({ ...content, ...place });
  };
  const terms = { rounds, maximumMembers: members, stalenessBound: 1, epsilonBudgetMicros: 0, deltaBudgetPicos: 0 };
  append({ kind: 'opened', record: { study, ...terms } });
  for (const [position, { account }] of people.entries()) {
    append({
      kind: 'joined',
      record: { study, member: account, position, firstRound: 0, dataCommitment: digest(account) },
    });
  }
  for (let round = 0; round < rounds; round++) {
    const valuations: Valuation[] = [];
    for (const { key, account: member } of people) {
      const scores = packScores(people.map((_, n) => n * round));
      const valuation = { study, round: round - 1, evaluator: member, scores, salt: digest(`salt ${round} ${member}`) };
      const named = (what: string): Hex => digest(`${what} ${round} ${member}`);
      const record: Contribution = {
        study,
        round,
        member,
        base: named('base'),
        recipe: round === 0 ? ZERO_DIGEST : named('recipe'),
        update: named('update'),
        samples: 100,
        epsilonMicros: 0,
        metrics: named('metrics'),
        scoreCommitment: round === 0 ? ZERO_DIGEST : hashValuation(valuation),
      };
      append({ kind: 'contribution', record });
      const segments = Array.from({ length: SEGMENTS }, (_, i) => named(`segment ${i}`));
      announcements.push({ record, signature: signDigest(key, contributionDigest(DOMAIN, record)), segments });
      if (round > 0) valuations.push(valuation);
    }
    const checkpoint = { study, round, head };
    for (const { key, account: member } of people) {
      const signature = signDigest(key, checkpointDigest(DOMAIN, checkpoint));
      checkpoints.push({ record: checkpoint, member, signature });
    }
    for (const record of valuations) append({ kind: 'valuation', record });
  }
  return { ...DOMAIN, study, initialModel: [], log, announcements, checkpoints };
}
