import { ZERO_DIGEST } from '../base/bytes.ts';
import type { Announcement } from '../protocol/announcement.ts';
import { firstRoundOfStudy } from '../protocol/continuation.ts';
import { type Contribution, hashContribution, isClosing } from '../protocol/contribution.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { participantsIn } from '../protocol/participants.ts';
import { rootOfDigests } from '../protocol/segments.ts';
import { contributionDigest, recoverSigner } from '../protocol/signature.ts';
import { hashValuation, unpackScores } from '../protocol/valuation.ts';
import { type AuditSubject, keyOf } from './audit-subject.ts';
import type { Finding, Notice } from './finding.ts';
import type { NamedBlock } from './named-blocks.ts';
import type { Bundle } from './read-bundle.ts';

/** Records against ledger: every anchored contribution has its signed record, which says the same. */
export function checkContributions(subject: AuditSubject): Finding[] {
  const onLedger = [...subject.contributions.values()].flatMap((record): Finding[] => {
    const { member, round } = record;
    const announcement = subject.announcements.get(keyOf(round, member));
    if (announcement === undefined) {
      return [{ code: 'audit/record-missing', member, round, message: 'the signed record is not in the bundle' }];
    }
    if (hashContribution(announcement.record) !== hashContribution(record)) {
      return [
        { code: 'audit/record-missing', member, round, message: 'the bundle has another record than the ledger' },
      ];
    }
    return [];
  });
  const signed = [...subject.announcements.values()].flatMap((a) => checkAnnouncement(subject, a));
  return [...checkDomain(subject, signed), ...onLedger, ...signed];
}

/** Signatures hold for one contract on one chain. */
function checkDomain({ domain, announcements }: AuditSubject, findings: readonly Finding[]): Finding[] {
  const wrong = findings.filter(({ code }) => code === 'audit/signature-wrong').length;
  if (announcements.size === 0 || wrong < announcements.size) return [];
  const message = `no signature holds for contract ${domain.contract} on chain ${domain.chainId}: the records were signed for another ledger`;
  return [{ code: 'audit/wrong-ledger', message }];
}

function checkAnnouncement(subject: AuditSubject, { record, signature, segments }: Announcement): Finding[] {
  const { member, round } = record;
  const findings: Finding[] = [];
  if (recoverSigner(contributionDigest(subject.domain, record), signature) !== member) {
    findings.push({ code: 'audit/signature-wrong', member, round, message: 'the signature is not that of the member' });
  }
  if (!subject.contributions.has(keyOf(round, member)) && !isUnfinished(subject, record)) {
    const message = 'a signed contribution that is not on the ledger';
    findings.push({ code: 'audit/record-not-anchored', member, round, message });
  }
  return [...findings, ...checkSegments({ record, segments }, subject.manifest)];
}

/** The Merkle root over the digests of an update's segments is the update; a closing record has none. */
export function checkSegments(
  { record, segments }: Pick<Announcement, 'record' | 'segments'>,
  manifest: Pick<Manifest, 'segments'>,
): Finding[] {
  const { member, round, update } = record;
  const expected = isClosing(record) ? 0 : manifest.segments;
  if (segments.length === expected && (expected === 0 || rootOfDigests(segments) === update)) return [];
  const message = 'the segment digests do not lead to the update';
  return [{ code: 'audit/segments-mismatch', member, round, message }];
}

/** What a participant signed last, before it went away and before anybody heard of it: never recorded, and never mixed. */
function isUnfinished({ study, log, contributions }: AuditSubject, record: Contribution): boolean {
  const accounts = participantsIn(log).find((each) => each.accounts.includes(record.member))?.accounts ?? [];
  const later = [...contributions.values()].some(
    ({ member, round }) => accounts.includes(member) && round >= record.round,
  );
  return record.study === study && accounts.length > 0 && !later;
}

/** Blocks that are not there or whose bytes are not those of their name, named by what they are. */
export async function checkBlocks(
  blocks: AsyncIterable<NamedBlock>,
  bundle: Pick<Bundle, 'damaged' | 'hasSegment'>,
): Promise<Finding[]> {
  const named = new Set<string>();
  const findings: Finding[] = [];
  for await (const { kind, digest, what, place } of blocks) {
    named.add(digest);
    if (bundle.damaged.has(digest)) {
      const message = `the bytes of ${what} are not those of its digest`;
      findings.push({ code: 'audit/block-damaged', ...place, message });
    } else if (kind === 'segment' && !bundle.hasSegment(digest)) {
      findings.push({ code: 'audit/block-missing', ...place, message: `${what} is not in the bundle` });
    }
  }
  const unnamed = [...bundle.damaged].flatMap(([digest, offset]): Finding[] => {
    const message = `the bytes of block ${digest} are not those of its digest`;
    return named.has(digest) ? [] : [{ code: 'audit/block-damaged', offset, message }];
  });
  return [...findings, ...unnamed];
}

/** Valuations: each opens the commitment that its evaluator signed in its next contribution, and scores participants only. */
export function checkValuations(subject: AuditSubject): Finding[] {
  return subject.valuations.flatMap((valuation): Finding[] => {
    const { evaluator: member, round } = valuation;
    const findings: Finding[] = [];
    const mismatch = (message: string): void => {
      findings.push({ code: 'audit/valuation-mismatch', member, round, message });
    };
    const commitment = subject.contributions.get(keyOf(round + 1, member))?.scoreCommitment;
    if (commitment !== hashValuation(valuation))
      mismatch('the scores do not open the commitment in the next contribution');
    const beyond = unpackScores(valuation.scores).findIndex(
      (score, p) => score !== null && p >= subject.participants.length,
    );
    if (beyond >= 0) mismatch(`a score for position ${beyond}, which nobody holds`);
    return findings;
  });
}

/** Who is missing where: breaks no rule, and is never passed over in silence. */
export function noticeAbsences(subject: AuditSubject): Notice[] {
  const { manifest, log, contributions, valuations, announcements } = subject;
  const revealed = new Set(valuations.map((v) => keyOf(v.round, v.evaluator)));
  return participantsIn(log).flatMap(({ accounts, account: member }): Notice[] => {
    const begin = firstRoundOfStudy(manifest);
    const rounds = Array.from({ length: manifest.rounds + 1 - begin }, (_, i) => begin + i);
    const missing = rounds.filter((round) => !accounts.some((account) => contributions.has(keyOf(round, account))));
    const unrevealed = rounds.filter((round) =>
      accounts.some((account) => {
        const commitment = contributions.get(keyOf(round + 1, account))?.scoreCommitment ?? ZERO_DIGEST;
        return commitment !== ZERO_DIGEST && !revealed.has(keyOf(round, account));
      }),
    );
    const unfinished = [...announcements.values()].filter(
      ({ record }) =>
        accounts.includes(record.member) &&
        !contributions.has(keyOf(record.round, record.member)) &&
        isUnfinished(subject, record),
    );
    const notices: Notice[] = unfinished.map(({ record }) => ({
      member,
      round: record.round,
      message: 'signed a contribution and went away before it was recorded; nobody mixed it',
    }));
    if (missing.length > 0)
      notices.push({ member, message: `no contribution in ${describeRounds(missing, manifest.rounds)}` });
    if (unrevealed.length > 0)
      notices.push({ member, message: `scores not revealed for ${describeRounds(unrevealed, manifest.rounds)}` });
    return notices;
  });
}

function describeRounds(rounds: readonly number[], closing: number): string {
  const training = rounds.filter((round) => round < closing);
  const [first, last] = [training[0], training.at(-1)];
  const span =
    first === undefined ? '' : first === last ? `round ${first}` : `${training.length} rounds from ${first} to ${last}`;
  const end = rounds.includes(closing) ? 'the closing record' : '';
  return [span, end].filter((part) => part !== '').join(' and ');
}
