import type { Hex } from '../base/bytes.ts';
import { participation } from '../protocol/participation.ts';
import { type AuditSubject, keyOf } from './audit-subject.ts';
import { isAdopted } from './check-recipe.ts';
import type { Finding, Notice } from './finding.ts';
import { readMixRecipe } from './read-mix-recipe.ts';

export interface TimingReport {
  readonly findings: Finding[];
  readonly notices: Notice[];
}

/** How often others mixed a contribution in its own round, and later. */
interface Uses {
  inTime: number;
  late: number;
}

/**
 * When contributions were mixed, by all recipes together: nobody mixes one twice (docs/PROTOCOL.md, R7). And what the log calls late or in
 * time goes by when it was recorded; where the mixes tell another story, a notice says so.
 */
export async function checkTiming(subject: AuditSubject): Promise<TimingReport> {
  const uses = new Map<string, Uses>();
  const mixed = new Map<Hex, Map<string, number>>();
  const findings: Finding[] = [];
  const inOrder = [...subject.contributions.values()].toSorted((a, b) => a.round - b.round);
  for (const after of inOrder) {
    const recipe = after.round === 0 ? null : await readMixRecipe(subject, after);
    if (recipe === null || isAdopted(subject, recipe, after)) continue;
    const mixer = subject.accountNow(after.member);
    const before = mixed.get(mixer) ?? new Map<string, number>();
    mixed.set(mixer, before);
    for (const { member, round } of recipe.entries) {
      const key = keyOf(round, member);
      const earlier = before.get(key);
      if (earlier !== undefined) {
        const message = `the contribution of ${member} in round ${round} was mixed again: it was in the mix after round ${earlier}`;
        findings.push({ code: 'audit/recipe-mismatch', member: after.member, round: recipe.round, message });
      }
      before.set(key, recipe.round);
      if (subject.accountNow(member) !== mixer) note(uses, key, recipe.round === round);
    }
  }
  return { findings, notices: compareWithLog(subject, uses) };
}

function note(uses: Map<string, Uses>, key: string, isInTime: boolean): void {
  const use = uses.get(key) ?? { inTime: 0, late: 0 };
  if (isInTime) use.inTime += 1;
  else use.late += 1;
  uses.set(key, use);
}

function compareWithLog({ log, manifest }: AuditSubject, uses: ReadonlyMap<string, Uses>): Notice[] {
  return participation(log, manifest).flatMap(({ participant: { account: member }, rounds }): Notice[] => {
    const places = rounds.map(({ part, account }, round) => ({ part, round, use: uses.get(keyOf(round, account)) }));
    const onlyRecorded = places.filter(({ part, use }) => part === 'late' && (use?.inTime ?? 0) > 0);
    const onlyMixed = places.filter(({ part, use }) => part === 'contributed' && use?.inTime === 0 && use.late > 0);
    return [
      ...tell(
        member,
        onlyRecorded,
        'late on the ledger, and others mixed it in its own round: the chain was late, not the member',
      ),
      ...tell(member, onlyMixed, 'in time on the ledger, and all others who mixed it did so in a later round'),
    ];
  });
}

function tell(member: Hex, places: readonly { readonly round: number }[], message: string): Notice[] {
  const [first] = places;
  if (first === undefined) return [];
  const more = places.length === 1 ? '' : `, and ${places.length - 1} more like it`;
  return [{ member, round: first.round, message: `the contribution was ${message}${more}` }];
}
