import type { MemberPictures, PartDrift, ShownDriftState } from '../../../peer/member-pictures.ts';
import { SharesChart } from '../charts/shares-chart.tsx';
import { ThresholdChart } from '../charts/threshold-chart.tsx';
import { decimal } from '../shell/format.ts';

type Drift = MemberPictures['drift'];

const WORDS: Readonly<Record<ShownDriftState, string>> = { steady: 'steady', watch: 'watch', alert: 'alert' };
const TONES = { steady: 'm0', watch: 'm4', alert: 'm1' } as const;
const PARTS = { inputs: 'Inputs', outputs: "The model's outputs" } as const;
const [REFERENCE, CURRENT] = ['training part', 'held-out part'];

const ALL_PARTS = ['inputs', 'outputs'] as const;

/** What of the comparison needs somebody to look; nothing where nothing does. */
export function DriftAlerts({ drift }: { drift: Drift }) {
  const parts = ALL_PARTS.filter((part) => drift[part].state === 'alert');
  return (
    <>
      {parts.map((part) => (
        <Alert key={part} part={part} drift={drift[part]} />
      ))}
    </>
  );
}

/** How the held-out part compares with the training part. */
export function DriftCharts({ drift }: { drift: Drift }) {
  const parts = ALL_PARTS.filter((part) => drift[part].quantities.length > 0);
  return (
    <>
      <div class="charts">
        {parts.map((part) => (
          <PartCharts key={part} title={PARTS[part]} drift={drift[part]} thresholds={drift.thresholds} />
        ))}
      </div>
      <details class="figures">
        <summary>Where the thresholds are from</summary>
        <ul>
          {drift.thresholds.sources.map((source) => (
            <li key={source}>{source}</li>
          ))}
        </ul>
      </details>
    </>
  );
}

function Alert({ part, drift: { quantities, joint } }: { part: 'inputs' | 'outputs'; drift: PartDrift }) {
  const shifted = quantities.filter(({ state }) => state === 'alert').map(({ name }) => name);
  return (
    <div class="notice warn" role="status">
      <strong>
        {part === 'inputs'
          ? 'Drift: the held-out records are not like the training records.'
          : 'Drift: the model says other things of the held-out records than of the training records.'}
      </strong>
      <div>
        {shifted.length > 0 ? `Large and not by chance: ${shifted.join(', ')}. ` : ''}
        {joint?.state === 'alert' ? 'All numbers of a record together differ more than by chance. ' : ''}
        {part === 'inputs'
          ? 'Look whether both parts were prepared alike and are from the same scanners and time.'
          : 'If the inputs are steady, the model may know the training records by heart.'}
      </div>
    </div>
  );
}

/** A shift may be large and yet no more than chance among so few records. */
function wordOf({ psi, state }: Pick<PartDrift['quantities'][number], 'psi' | 'state'>, watch: number): string {
  return state === 'steady' && psi >= watch ? 'by chance' : WORDS[state];
}

interface PartProps {
  readonly title: string;
  readonly drift: PartDrift;
  readonly thresholds: Drift['thresholds'];
}

function PartCharts({ title, drift, thresholds }: PartProps) {
  const { quantities, compared, joint } = drift;
  const [worst] = quantities;
  const chance = (value: number): string => (value < 0.001 ? 'below 0.001' : decimal(value, 3));
  const together =
    joint === null
      ? 'There are too few records to compare all numbers together.'
      : `All numbers together: MMD² ${decimal(joint.mmd, 4)}, p ${chance(joint.pValue)}, ${WORDS[joint.state]}.`;
  const listed =
    compared > quantities.length ? `the ${quantities.length} of ${compared} that differ most` : `all ${compared}`;
  return (
    <div>
      <ThresholdChart
        title={`${title}: held-out beside training`}
        description={`Population stability index (PSI) of ${listed}; from ${thresholds.watch} it is worth watching and from ${thresholds.alert} an alert, if the Kolmogorov–Smirnov test (KS) says that it is not by chance. ${together}`}
        bars={quantities.map(({ name, psi, state }) => ({
          name,
          value: psi,
          word: wordOf({ psi, state }, thresholds.watch),
          tone: TONES[state],
        }))}
        thresholds={[
          { name: 'watch', value: thresholds.watch },
          { name: 'alert', value: thresholds.alert },
        ]}
        xTitle="PSI (nats)"
        format={(value) => decimal(value, 2)}
        table={{
          head: ['quantity', 'PSI', 'KS distance', 'p', 'counts below', 'state'],
          rows: quantities.map(({ name, psi, ks, pValue, level, state }) => [
            name,
            decimal(psi, 3),
            decimal(ks, 3),
            chance(pValue),
            level.toPrecision(2),
            wordOf({ psi, state }, thresholds.watch),
          ]),
        }}
      />
      <p class="note">{together}</p>
      {worst === undefined ? null : (
        <SharesChart
          title={`${title}: ${worst.name}`}
          description={`Shares of the records by ${worst.name}, of the quantity that differs most; KS distance ${decimal(worst.ks, 3)}.`}
          bounds={worst.bounds}
          reference={{ name: REFERENCE, shares: worst.reference }}
          current={{ name: CURRENT, shares: worst.current }}
        />
      )}
    </div>
  );
}
