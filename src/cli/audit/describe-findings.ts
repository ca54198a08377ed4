import type { Finding, Notice, Place } from '../../audit/finding.ts';

/** Where something is, for people; empty if it has no place. */
export function describePlace({ member, round, segment, sequence, offset }: Place): string {
  return [
    member === undefined ? '' : `member ${member}`,
    round === undefined ? '' : `round ${round}`,
    segment === undefined ? '' : `segment ${segment}`,
    sequence === undefined ? '' : `entry ${sequence}`,
    offset === undefined ? '' : `byte ${offset}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

const placed = (place: Place, message: string): string =>
  [describePlace(place), message].filter((part) => part !== '').join(': ');

/** Findings and notices, a line each. */
export function describeFindings(findings: readonly Finding[], notices: readonly Notice[]): string {
  return [
    ...notices.map((notice) => `notice: ${placed(notice, notice.message)}`),
    ...findings.map((finding) => `FINDING ${finding.code}: ${placed(finding, finding.message)}`),
    findings.length === 0 ? 'no findings' : `${findings.length} findings`,
  ].join('\n');
}
