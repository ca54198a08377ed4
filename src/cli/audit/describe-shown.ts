import type { ShownMember, ShownRound, ShownStudy } from '../../audit/show-study.ts';
import { formatTable } from '../format-table.ts';
import { inNats } from './in-nats.ts';

/** A study for people: terms, log, members. */
export function describeStudy({ manifest, head, entries, members }: ShownStudy): string {
  const { rounds, segments, pulls, finalPulls, codec, aggregation, privacy, valuation, staleness } = manifest;
  const rows = members.map(({ participant, rounds: states, scoreMicros, finalModel }) => [
    participant.account,
    String(states.filter(({ part }) => part === 'contributed' || part === 'late').length),
    inNats(scoreMicros),
    finalModel ?? '–',
  ]);
  return [
    // Whoever opened the study wrote the title; in quotes it cannot steer a terminal.
    `title      ${JSON.stringify(manifest.title)}`,
    `terms      ${rounds} rounds; ${segments} segments from ${pulls} others, ${finalPulls} in the last round; contributions up to ${staleness.boundRounds} rounds late`,
    `mixing     ${aggregation.rule}; codec ${codec.name}; privacy ${privacy.unit}; valuation ${valuation.method}, credit ${valuation.credit}`,
    `log        ${Object.entries(entries)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', ')}`,
    `head       ${head ?? 'none: the log is empty'}`,
    '',
    formatTable(['member', 'contributions', 'score', 'final model'], rows),
  ].join('\n');
}

/** One member's part for people. */
export function describeMember({ participant, joined, rounds, ...member }: ShownMember): string {
  const rows = rounds.map(({ part, entry }, round) => [String(round), part, String(entry ?? '–')]);
  return [
    `member     ${participant.account}, position ${participant.position}`,
    ...joined.map(
      ({ account, firstRound, entry, dataCommitment }) =>
        `joined     as ${account} from round ${firstRound}, entry ${entry}; data ${dataCommitment}`,
    ),
    `score      ${inNats(member.scoreMicros)}; ε ${member.epsilonMicros / 1e6}`,
    `final      ${member.finalModel ?? 'no closing record'}`,
    '',
    formatTable(['round', 'part', 'entry'], rows, [1]),
  ].join('\n');
}

/** One round for people. */
export function describeRound(members: readonly ShownRound[], round: number): string {
  const rows = members.map(({ participant, state, samples, scoreMicros, update }) => [
    participant.account,
    state.part,
    String(state.entry ?? '–'),
    String(samples ?? '–'),
    inNats(scoreMicros),
    update ?? '–',
  ]);
  const header = ['member', 'part', 'entry', 'samples', 'score', 'update'];
  return [`round ${round}`, '', formatTable(header, rows, [0, 1])].join('\n');
}
