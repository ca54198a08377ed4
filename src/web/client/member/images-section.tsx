import { useRef } from 'preact/hooks';
import type { MemberPictures, PictureExamples } from '../../../peer/member-pictures.ts';
import { ConfusionChart } from '../charts/confusion-chart.tsx';
import { ReliabilityChart } from '../charts/reliability-chart.tsx';
import { askJson } from '../shell/ask.ts';
import { decimal, percent } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';
import { Empty, Failed, Loading } from '../shell/states.tsx';
import { useAnswer } from '../shell/use-answer.ts';
import { AttributionCharts } from './attribution-charts.tsx';
import { DriftAlerts, DriftCharts } from './drift-charts.tsx';
import { SaliencyFigure } from './saliency-figure.tsx';

/** What people call records of a kind. */
const WORD: Readonly<Record<PictureExamples['kind'], string>> = { images: 'images', tables: 'records' };

export interface ImagesSectionProps {
  readonly kind: PictureExamples['kind'];
  /** Of the pictures that the peer has; null while it has none. */
  readonly round: number | null;
}

/** What the model makes of a few of the member's own records. */
export function ImagesSection({ kind, round }: ImagesSectionProps) {
  const answer = useAnswer((signal) => askJson<MemberPictures | null>('/api/pictures', signal), [round]);
  const last = useRef<MemberPictures | null>(null);
  if (answer.state === 'here') last.current = answer.value;
  const pictures = last.current;
  return (
    <Section
      id="images"
      title={`Own ${WORD[kind]}`}
      note={pictures === null ? undefined : <Note pictures={pictures} />}
    >
      {answer.state === 'failed' ? <Failed failure={answer.failure} message={answer.message} /> : null}
      {pictures === null ? (
        <Nothing kind={kind} isLoading={answer.state === 'loading'} />
      ) : (
        <Pictures pictures={pictures} />
      )}
    </Section>
  );
}

function Nothing({ kind, isLoading }: Pick<ImagesSectionProps, 'kind'> & { isLoading: boolean }) {
  if (isLoading) return <Loading what="the pictures" />;
  return <Empty>{`A few of this member's own ${WORD[kind]} appear here once the second round has begun.`}</Empty>;
}

function Note({ pictures: { round, training, heldOut, examples } }: { pictures: MemberPictures }) {
  const drawn = (part: MemberPictures['heldOut']): string =>
    part.drawn < part.records ? `${part.drawn} of ${part.records}, drawn at random` : `all ${part.records}`;
  return (
    <>
      {`The model after ${round} rounds on this member's own held-out ${WORD[examples.kind]} (${drawn(heldOut)}), compared with its training part (${drawn(training)}). They stay at this site: the peer sends them to nobody, logs nothing of them, and puts them into no bundle.`}
    </>
  );
}

function Pictures({ pictures }: { pictures: MemberPictures }) {
  const { examples, classNames, confusion, calibration, drift } = pictures;
  return (
    <>
      <DriftAlerts drift={drift} />
      {examples.kind === 'images' ? (
        <SaliencyFigure examples={examples} classNames={classNames} />
      ) : (
        <AttributionCharts examples={examples} classNames={classNames} />
      )}
      <div class="charts">
        {confusion === null ? null : <Confusion confusion={confusion} classNames={classNames} />}
        {calibration === null ? null : <Calibration calibration={calibration} classNames={classNames} />}
      </div>
      <DriftCharts drift={drift} />
    </>
  );
}

function Confusion({ confusion, classNames }: { confusion: readonly (readonly number[])[]; classNames: string[] }) {
  const total = confusion.flat().reduce((sum, count) => sum + count, 0);
  const right = confusion.reduce((sum, row, index) => sum + (row[index] ?? 0), 0);
  return (
    <ConfusionChart
      title={`Confusion matrix of ${total} held-out records`}
      description={`Rows are what a record is, columns what it is taken for; ${right} of ${total} (${percent(right / total)}) are on the diagonal, taken rightly.`}
      classNames={classNames}
      matrix={confusion}
    />
  );
}

type Calibrated = NonNullable<MemberPictures['calibration']>;

function Calibration({ calibration, classNames }: { calibration: Calibrated; classNames: string[] }) {
  const what =
    classNames.length === 2 ? `the probability of ${classNames[1]}` : 'the probability of the class that is chosen';
  return (
    <ReliabilityChart
      title={`Calibration: expected error ${percent(calibration.error)}, Brier score ${decimal(calibration.brier)}`}
      description={`How often ${what} came true, by what was stated; marks below the dashed diagonal were stated too high, marks above it too low. A mark's area is the number of records.`}
      bins={calibration.bins}
    />
  );
}
