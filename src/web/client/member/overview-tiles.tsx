import type { ComponentChildren } from 'preact';
import type { Figures, LearningView, MemberRow, MemberView } from '../../../peer/member-view.ts';
import { bytes, counted, decimal, percent, whole } from '../shell/format.ts';

/** The figures that are asked for first. */
export function OverviewTiles({ view }: { view: MemberView }) {
  const { value, privacy, outbox, traffic, status, members } = view;
  return (
    <div class="tiles">
      <LearnedTile view={view} />
      <Tile label="Value of own contributions" note="by the others, in nats of loss taken away">
        {value.totalMicros === null ? '–' : decimal(value.totalMicros / 1e6, 4)}
      </Tile>
      {privacy === null ? null : (
        <Tile
          label="Privacy budget left"
          note={`enough for ${privacy.roundsAffordable} of the ${privacy.roundsLeft} rounds to come`}
        >
          {percent(Math.max(0, 1 - privacy.spentMicros / privacy.budgetMicros), 0)}
        </Tile>
      )}
      {status.phase === 'finished' ? null : <OthersTile members={members} />}
      <Tile label="Waiting for the ledger" note={`${counted(outbox.anchored, 'record')} on it`}>
        {whole(outbox.pending)}
      </Tile>
      <Tile label="Traffic" note={`${bytes(traffic.bytesIn)} in, ${bytes(traffic.bytesOut)} out since the start`}>
        {status.phase === 'finished'
          ? bytes(traffic.bytesIn + traffic.bytesOut)
          : `${bytes(traffic.inPerSecond + traffic.outPerSecond)}/s`}
      </Tile>
    </div>
  );
}

function OthersTile({ members }: { members: readonly MemberRow[] }) {
  const others = members.filter(({ connection }) => connection !== 'self' && connection !== 'gone');
  const count = (state: MemberRow['connection']): number =>
    others.filter(({ connection }) => connection === state).length;
  const missing = count('missing');
  return (
    <Tile label="Others connected" note={missing === 0 ? 'nobody is missing' : `${missing} missing`}>
      {`${count('connected')} of ${others.length}`}
    </Tile>
  );
}

/** How well the study's model does on the member's own data, beside what it would have had alone. */
function LearnedTile({ view: { learning } }: { view: MemberView }) {
  const last = learning.rounds.at(-1);
  const alone = learning.alone.points.find(({ round }) => round === last?.round)?.heldOut;
  const isSurvival = last !== undefined && last.heldOut.accuracy === null;
  const of = (figures: Figures | undefined): string =>
    isSurvival ? decimal(figures?.auc) : percent(figures?.accuracy);
  return (
    <Tile
      label={isSurvival ? 'Concordance, own held-out data' : 'Accuracy, own held-out data'}
      note={`own data alone: ${alone === undefined ? untold[learning.alone.state] : of(alone)}`}
    >
      {of(last?.heldOut)}
    </Tile>
  );
}

/** Why there is no figure of the member's own data alone. */
const untold: Readonly<Record<LearningView['alone']['state'], string>> = {
  off: 'not trained',
  waiting: 'not trained that far yet',
  training: 'not trained that far yet',
  done: 'no figure',
};

function Tile({ label, note, children }: { label: string; note: string; children: ComponentChildren }) {
  return (
    <div class="tile">
      <span>{label}</span>
      <strong>{children}</strong>
      <small>{note}</small>
    </div>
  );
}
