import type { MemberView, RoundView, StageView } from '../../../peer/member-view.ts';
import { decimal, duration } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';
import { Meter } from '../shell/meter.tsx';
import { describePhase } from './names.ts';

const LABELS: Readonly<Record<StageView['name'], string>> = {
  train: 'Train',
  announce: 'Announce',
  pull: 'Pull',
  mix: 'Mix',
  value: 'Value',
  anchor: 'Anchor',
};

const STATES: Readonly<Record<StageView['state'], string>> = { ahead: 'to come', now: 'now', done: 'done' };

/** Where the peer is in the study, and in the round. */
export function RoundSection({ view }: { view: MemberView }) {
  const { status, round } = view;
  const done = status.phase === 'finished' ? status.rounds : Math.min(round.round ?? 0, status.rounds);
  return (
    <Section id="progress" title={titleOf(view)}>
      <p class="phase">{capital(describePhase(view))}</p>
      <Meter
        label="Rounds done"
        value={done}
        maximum={status.rounds}
        text={`${done} of ${status.rounds} rounds are done`}
      />
      {round.round === null || status.phase === 'finished' ? null : (
        <ol class="steps">
          {stagesOf(view).map((stage) => (
            <Step key={stage.name} stage={stage} round={round} />
          ))}
        </ol>
      )}
    </Section>
  );
}

/** The record that closes the study is announced and anchored; nothing is trained or mixed after it. */
function stagesOf({ status, round }: MemberView): readonly StageView[] {
  const isClosing = round.round !== null && round.round >= status.rounds;
  return isClosing ? round.stages.filter(({ name }) => name === 'announce' || name === 'anchor') : round.stages;
}

function titleOf({ status, round }: MemberView): string {
  if (status.phase === 'finished') return 'The study is finished';
  if (round.round === null) return 'Before the first round';
  return round.round >= status.rounds ? 'Closing the study' : `Round ${round.round}`;
}

function Step({ stage, round }: { stage: StageView; round: RoundView }) {
  const { name, state, seconds } = stage;
  return (
    <li class={`step ${state}`} aria-current={state === 'now' ? 'step' : undefined}>
      <StepMark state={state} />
      <strong>{LABELS[name]}</strong> <span class="visually-hidden">{STATES[state]}</span>
      <small>{seconds === null ? (state === 'done' ? 'done' : '') : duration(seconds)}</small>
      <Detail stage={stage} round={round} />
    </li>
  );
}

function Detail({ stage: { name, state }, round }: { stage: StageView; round: RoundView }) {
  const { training, announced, contributions } = round;
  if (name === 'train' && training !== null && state !== 'ahead') {
    const text = `epoch ${training.epoch} of ${training.epochs}, loss ${decimal(training.loss)}`;
    if (state === 'done') return <small>{text}</small>;
    return <Meter label="Epochs" value={training.epoch} maximum={training.epochs} text={text} />;
  }
  if (name === 'announce' && state !== 'ahead') {
    return <small>{`${announced.here} of ${announced.of} others have announced`}</small>;
  }
  if (name === 'pull' && contributions !== null && state !== 'ahead')
    return <small>{contributions} contributions</small>;
  if (name === 'anchor' && state !== 'ahead') {
    return <small>{state === 'done' ? 'is on the ledger' : 'waits for the ledger; nothing waits for it'}</small>;
  }
  return null;
}

function StepMark({ state }: { state: StageView['state'] }) {
  return (
    <svg class="step-mark" viewBox="0 0 22 22" aria-hidden="true">
      <circle cx="11" cy="11" r="9.5" />
      {state === 'done' ? <path d="M6.5 11.5l3 3 6-6.5" /> : null}
      {state === 'now' ? <circle class="dot" cx="11" cy="11" r="4" /> : null}
    </svg>
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
