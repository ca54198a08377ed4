import type { AuditView } from '../../auditor/audit-view.ts';
import type { RunMember, RunView } from '../../report/run-view.ts';
import { BarChart } from '../charts/bar-chart.tsx';
import { seriesColour } from '../charts/series-style.ts';
import { milliNats } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';
import { MemberMatrix } from './member-matrix.tsx';

const NOTE =
  'Each member measures by how much the training behind the contributions in its mix lowers the loss on its own held-out part, and shares that out among them. What counts of a round is the median of what at least three others reveal, nobody’s own report among them. In thousandths of a nat (mnat); the page Values has them round by round.';

/** Who was worth how much to the others, and what each final model owes to whom. */
export function ValueSection({ run: { members }, view }: { run: RunView; view: AuditView }) {
  const rowOf = ({ account }: RunMember) => view.members.find((row) => row.account === account);
  const isTraced = view.members.some(({ tracedMicros }) => tracedMicros !== null);
  return (
    <Section id="value" title="What each member was worth to the others" note={NOTE}>
      <div class="columns">
        <ScoreBars
          members={members}
          title="Score of the study (mnat)"
          description="Loss taken away on the other members’ held-out data, summed over the rounds."
          microsOf={(member) => rowOf(member)?.scoreMicros ?? null}
        />
        {isTraced ? (
          <ScoreBars
            members={members}
            title="Traced score (mnat)"
            description="The same followed through all mixes, by weight, to the final models: credit goes to who trained, also far away, and not to who handed on what others had trained."
            microsOf={(member) => rowOf(member)?.tracedMicros ?? null}
          />
        ) : null}
      </div>
      <Credits members={members} />
    </Section>
  );
}

interface ScoreBarsProps {
  readonly members: readonly RunMember[];
  readonly title: string;
  readonly description: string;
  readonly microsOf: (member: RunMember) => number | null;
}

function ScoreBars({ members, title, description, microsOf }: ScoreBarsProps) {
  const bars = members.map((member) => ({
    name: member.name,
    value: microsOf(member),
    text: milliNats(microsOf(member)),
    className: seriesColour(member.position),
  }));
  return (
    <BarChart
      title={title}
      description={description}
      bars={bars}
      sides={bars.some(({ value }) => (value ?? 0) < 0) ? ['← harmed the others', 'helped →'] : undefined}
      table={{ head: ['Member', title], rows: bars.map(({ name, text }) => [name, text]) }}
    />
  );
}

function Credits({ members }: { members: readonly RunMember[] }) {
  if (members.every(({ modelCredits }) => modelCredits === null)) return null;
  return (
    <MemberMatrix
      title="What each final model owes to whom (mnat)"
      corner="Final model of"
      members={members}
      rows={members.map(({ modelCredits }) => modelCredits)}
      format={milliNats}
    />
  );
}
