import { participantsIn } from '../protocol/participants.ts';
import { scoreEchoes } from '../valuation/score-echoes.ts';
import type { AuditSubject } from './audit-subject.ts';
import type { Notice } from './finding.ts';

/** Evaluators whose scores follow another's: no rule says how an evaluator comes to its scores, and an auditor should know. */
export function noticeEchoes({ log }: AuditSubject): Notice[] {
  const participants = participantsIn(log);
  return scoreEchoes(log).flatMap(({ evaluator, of, lag, correlation }): Notice[] => {
    const [member, other] = [participants[evaluator]?.account, participants[of]?.account];
    if (member === undefined || other === undefined) return [];
    const when = lag === 0 ? 'of the same round' : 'of the round before';
    return [
      {
        member,
        message: `its scores follow those of ${other} ${when}, with a correlation of ${correlation.toFixed(3)}`,
      },
    ];
  });
}
