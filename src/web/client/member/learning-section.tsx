import { useState } from 'preact/hooks';
import type { EpochFigures, Figures, LearningView } from '../../../peer/member-view.ts';
import { LineChart, type LineSeries } from '../charts/line-chart.tsx';
import { decimal, percent } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';
import { Empty } from '../shell/states.tsx';

type Part = 'heldOut' | 'common';
type Measure = keyof Figures;

const PARTS: Readonly<Record<Part, string>> = {
  heldOut: 'own held-out data',
  common: 'the test part that all members share',
};

/** Loss and accuracy over the rounds, beside what the member's own data alone would have given. */
export function LearningSection({ learning }: { learning: LearningView }) {
  const [chosen, setPart] = useState<Part>('heldOut');
  const hasCommon = learning.rounds.some(({ common }) => common !== null);
  const part = hasCommon ? chosen : 'heldOut';
  const isSurvival = learning.rounds.some(({ heldOut }) => heldOut.accuracy === null);
  return (
    <Section id="learning" title="Learning" note={<AloneNote alone={learning.alone} />}>
      {hasCommon ? <PartChoice part={part} onPart={setPart} /> : null}
      {learning.rounds.length === 0 && learning.alone.points.length === 0 ? (
        <Empty>The curves begin when this member announces its first round.</Empty>
      ) : (
        <div class="charts">
          <MeasureChart {...{ learning, part }} measure="loss" title="Loss" unit="nats" />
          {isSurvival ? null : (
            <MeasureChart {...{ learning, part }} measure="accuracy" title="Accuracy" unit="share" />
          )}
          <MeasureChart {...{ learning, part }} measure="auc" title={isSurvival ? 'Concordance' : 'AUC'} unit="index" />
          <EpochsChart epochs={learning.epochs} />
        </div>
      )}
    </Section>
  );
}

function AloneNote({ alone: { state, stepFactor, points } }: { alone: LearningView['alone'] }) {
  const smaller =
    stepFactor < 1 ? ` Larger steps learned nothing, so it takes steps of ${stepFactor} times the study's.` : '';
  const texts: Readonly<Record<LearningView['alone']['state'], string>> = {
    off: 'Training on own data alone is switched off (aloneBaseline in peer.json), so there is nothing to compare with.',
    waiting: 'The dashed line, own data alone, begins when that training does.',
    training: `The dashed line is the same model trained on own data alone, with the same options; it is at round ${points.at(-1)?.round ?? 0} and goes on whenever the machine has nothing better to do.`,
    done: 'The dashed line is the same model trained on own data alone, with the same options for as many rounds.',
  };
  return <>{texts[state] + smaller}</>;
}

function PartChoice({ part, onPart }: { part: Part; onPart: (part: Part) => void }) {
  return (
    <fieldset class="choice">
      <legend>Judged with</legend>
      {(['heldOut', 'common'] as const).map((each) => (
        <label key={each}>
          <input type="radio" name="part" checked={part === each} onChange={() => onPart(each)} />
          {PARTS[each]}
        </label>
      ))}
    </fieldset>
  );
}

interface MeasureProps {
  readonly learning: LearningView;
  readonly part: Part;
  readonly measure: Measure;
  readonly title: string;
  readonly unit: 'nats' | 'share' | 'index';
}

function MeasureChart({ learning, part, measure, title, unit }: MeasureProps) {
  const pointsOf = (rounds: readonly { round: number; heldOut: Figures; common: Figures | null }[]) =>
    rounds.map((each) => ({ x: each.round, y: each[part]?.[measure] ?? null }));
  const series: LineSeries[] = [
    { name: "the study's model", position: 0, points: pointsOf(learning.rounds) },
    ...(learning.alone.points.length === 0
      ? []
      : [{ name: 'own data alone', position: 1, isReference: true, points: pointsOf(learning.alone.points) }]),
  ];
  if (series.every(({ points }) => points.every(({ y }) => y === null))) {
    return <p class="state">{`${title} cannot be computed on ${PARTS[part]}: a class is missing from it.`}</p>;
  }
  const now = series[0]?.points.at(-1);
  const format = unit === 'share' ? (value: number) => percent(value, 1) : (value: number) => decimal(value, 3);
  const last = now?.y == null ? 'nothing yet' : `${format(now.y)} after ${now.x} rounds`;
  return (
    <LineChart
      title={`${title}${unit === 'nats' ? ' (nats)' : ''}, ${PARTS[part]}`}
      description={`${title} of the study's model after each round on ${PARTS[part]}; ${last}.`}
      series={series}
      xTitle="rounds done"
      format={format}
      within={unit === 'nats' ? [0, Infinity] : [0, 1]}
    />
  );
}

/** The training itself; a study that hides records tells nothing of it, not even here. */
function EpochsChart({ epochs }: { epochs: readonly EpochFigures[] }) {
  if (epochs.length === 0) return null;
  const lengths = new Map<number, number>();
  for (const { round, epoch } of epochs) lengths.set(round, Math.max(epoch, lengths.get(round) ?? 1));
  const points = epochs.map(({ round, epoch, loss }) => ({ x: round + epoch / (lengths.get(round) ?? 1), y: loss }));
  return (
    <LineChart
      title="Loss while training (nats), own training data"
      description="Loss of each local epoch; it jumps where a round begins from a mix."
      series={[{ name: 'each epoch', position: 2, points }]}
      xTitle="rounds done"
      within={[0, Infinity]}
      format={(value) => decimal(value, 3)}
    />
  );
}
