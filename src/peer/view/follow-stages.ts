import { STAGES, type Stage, type StageView } from '../member-view.ts';
import type { PeerEvent } from '../peer-event.ts';

/** When the steps of the present round began and ended, as far as events tell; milliseconds of the clock. */
export interface Stages {
  readonly round: number | null;
  /** The step that the peer is at; null between rounds. Anchoring goes on beside the others. */
  readonly at: Stage | null;
  readonly began: Readonly<Partial<Record<Stage, number>>>;
  readonly ended: Readonly<Partial<Record<Stage, number>>>;
  readonly epoch: { readonly epoch: number; readonly loss: number } | null;
  readonly contributions: number | null;
}

export const FRESH_STAGES: Stages = {
  round: null,
  at: null,
  began: {},
  ended: {},
  epoch: null,
  contributions: null,
};

/** What is known of the round after one more event. @param now milliseconds of the clock */
export function followStages(stages: Stages, event: PeerEvent, now: number): Stages {
  switch (event.event) {
    case 'round.started':
      return moved({ ...FRESH_STAGES, round: event.round }, 'train', now);
    case 'round.epoch':
      return { ...stages, epoch: { epoch: event.epoch, loss: event.loss } };
    case 'round.evaluated':
      return moved(inRound(stages, event.round), 'announce', now);
    case 'round.announced': {
      const here = inRound(stages, event.round);
      const announcing = here.at === 'announce' ? here : moved(here, 'announce', now);
      return { ...announcing, began: { ...announcing.began, anchor: now } };
    }
    case 'round.pulling':
      return { ...moved(inRound(stages, event.round), 'pull', now), contributions: event.contributions };
    case 'round.pulled':
      return moved(stages, 'mix', now);
    case 'round.mixed':
      return moved(stages, 'value', now);
    case 'round.valued':
      return moved(stages, null, now);
    case 'record.anchored':
      if (event.kind !== 'contribution' || event.round !== stages.round) return stages;
      return { ...stages, ended: { ...stages.ended, anchor: now } };
    default:
      return stages;
  }
}

/** A peer that goes on after a restart begins in the middle of a round. */
const inRound = (stages: Stages, round: number): Stages =>
  stages.round === round ? stages : { ...FRESH_STAGES, round };

function moved(stages: Stages, to: Stage | null, now: number): Stages {
  const { at } = stages;
  return {
    ...stages,
    at: to,
    began: to === null ? stages.began : { ...stages.began, [to]: now },
    ended: at === null ? stages.ended : { ...stages.ended, [at]: now },
  };
}

/**
 * The round's steps for people.
 * @param anchor what became of the round's own contribution on its way to the ledger
 */
export function viewStages(stages: Stages, anchor: StageView['state'], now: number): StageView[] {
  const at = stages.at === null ? -1 : STAGES.indexOf(stages.at);
  const isOver = stages.at === null && stages.ended.value !== undefined;
  return STAGES.map((name, i): StageView => {
    const [began, ended] = [stages.began[name], stages.ended[name]];
    const seconds = began === undefined ? null : Math.max(0, ((ended ?? now) - began) / 1000);
    if (name === 'anchor') return { name, state: anchor, seconds: anchor === 'ahead' ? null : seconds };
    if (i === at) return { name, state: 'now', seconds };
    return { name, state: isOver || i < at ? 'done' : 'ahead', seconds: isOver || i < at ? seconds : null };
  });
}
