import type { ValueView } from '../../../peer/member-view.ts';
import { ScoresChart } from '../charts/scores-chart.tsx';
import { decimal } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';
import { Empty } from '../shell/states.tsx';

/** What the member's contributions were worth to the others. */
export function ValueSection({ value }: { value: ValueView }) {
  const { rounds, totalMicros, minimumEvaluators, method } = value;
  const scores = rounds.map(({ round, scoreMicros, evaluators, lowestMicros, highestMicros }) => ({
    round,
    score: scoreMicros === null ? null : scoreMicros / 1e6,
    low: lowestMicros / 1e6,
    high: highestMicros / 1e6,
    evaluators,
  }));
  const note = `How much each contribution lowered the loss on the others' held-out data, as they measured it (${method}) and revealed on the ledger: the median of at least ${minimumEvaluators} others. Above zero it helped.`;
  return (
    <Section id="value" title="Value of own contributions" note={note}>
      {scores.length === 0 ? (
        <Empty>Scores come with the round after the one that they are of.</Empty>
      ) : (
        <>
          {totalMicros === null ? (
            <p class="state">{`Fewer than ${minimumEvaluators} others have scored any round, so there is no median; the lines show what they gave.`}</p>
          ) : (
            <p>
              All rounds together: <strong>{decimal(totalMicros / 1e6, 4)} nats</strong>
            </p>
          )}
          <ScoresChart
            title="Score by round (nats)"
            description="A bar for each round, up from zero where the contribution helped; the thin line reaches from the lowest to the highest score given."
            scores={scores}
          />
        </>
      )}
    </Section>
  );
}
