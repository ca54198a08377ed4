import { findCopies, type Repetition } from '../../../src/audit/find-copies.ts';
import { type Samples, selectRows } from '../perceptron.ts';
import { noiseAcross, recordAll } from './copied-updates.ts';
import type { GamingRow } from './gaming-row.ts';
import { type GamingMember, type GamingPlan, type PlayedRound, playStudy, type SendView } from './play-study.ts';
import { medianScores, naiveScores, type Reports } from './score-reports.ts';

export interface HonestStudy {
  readonly members: readonly GamingMember[];
  readonly plan: GamingPlan;
  readonly played: readonly PlayedRound[];
}

const reportsOf = (played: readonly PlayedRound[]): Reports => played.map(({ scores }) => scores);
const meanSize = (scores: readonly number[]): number =>
  scores.reduce((sum, score) => sum + Math.abs(score), 0) / scores.length;
const at = (values: readonly number[], i: number): number => values[i] ?? 0;
const combine = (a: Float32Array, by: number, b: Float32Array): Float32Array =>
  a.map((value, k) => value + by * (b[k] as number));
const changeOf = ({ base }: SendView, update: Float32Array): Float32Array => combine(update, -1, base);

/** The study once more, with some members who do something else. */
function replay(
  { members, plan }: HonestStudy,
  others: Readonly<Record<number, Partial<GamingMember>>>,
): Promise<PlayedRound[]> {
  return playStudy(
    members.map((member, i) => ({ ...member, ...others[i] })),
    plan,
  );
}

const COPIER = 9;
const ALTERER = 8;
const REPLAYER = 7;
const NOISE = 6;

/** Four of ten members do not train; each in its own way. */
export async function rideFreely(study: HonestStudy): Promise<GamingRow[]> {
  const played = await replay(study, {
    [COPIER]: { send: ({ sent }) => sent[0] as Float32Array },
    [ALTERER]: { send: (view) => alterChange(view, view.sent[1] as Float32Array) },
    [REPLAYER]: { send: ({ earlier, trained }) => earlier[0]?.updates[REPLAYER] ?? trained },
    [NOISE]: { send: (view) => combine(view.base, 1, noiseAcross(changeOf(view, view.trained), 1, `${view.round}`)) },
  });
  const { copies, replays } = findCopies(recordAll(played));
  const standing = (member: number, found: readonly Repetition[]): Reports =>
    reportsOf(
      played.filter((_, round) => !found.some(({ update }) => update.position === member && update.round === round)),
    );
  const row = (attack: string, member: number, victim: number, found: readonly Repetition[]): GamingRow => {
    const all = medianScores(reportsOf(played));
    const kept = at(medianScores(standing(member, found)), member);
    const figure = 'score of the rounds without a finding, of the victim’s; control: of all rounds';
    const ofVictim = (score: number): number => (100 * score) / at(all, victim);
    return { attack, figure, defended: ofVictim(kept), control: ofVictim(at(all, member)), unit: '%', most: 0 };
  };
  const scores = medianScores(reportsOf(played));
  return [
    row('copied updates', COPIER, 0, copies),
    row('copied and altered updates', ALTERER, 1, copies),
    replayRow(played, replays),
    {
      attack: 'noise instead of training',
      figure: 'score, of the mean; control: shares by stated samples',
      defended: (100 * at(scores, NOISE)) / meanSize(scores),
      control: 100,
      unit: '%',
      most: 10,
    },
  ];
}

function alterChange(view: SendView, update: Float32Array): Float32Array {
  return combine(update, 1, noiseAcross(changeOf(view, update), 0.03, `${view.round}`));
}

function replayRow(played: readonly PlayedRound[], replays: readonly Repetition[]): GamingRow {
  const found = replays.filter(({ update }) => update.position === REPLAYER).length;
  const figure = 'rounds of the replayer without a finding';
  const rounds = played.length - 1;
  return {
    attack: 'replayed old updates',
    figure,
    defended: 100 * (1 - found / rounds),
    control: null,
    unit: '%',
    most: 0,
  };
}

/** The first member appears as two, who praise each other. @param how with half of its data each, or with all of them */
export async function splitMember(study: HonestStudy, how: 'halves' | 'whole'): Promise<GamingRow> {
  const { members, plan, played: honest } = study;
  const whole = members[0] as GamingMember;
  const count = whole.training.labels.length;
  const half = (k: number): Samples =>
    selectRows(
      whole.training,
      Array.from({ length: count / 2 }, (_, i) => 2 * i + k),
    );
  const parts = [0, 1].map((k): GamingMember => {
    return how === 'whole' ? whole : { ...whole, training: half(k), samples: whole.samples / 2 };
  });
  const twin = members.length;
  const played = await playStudy([parts[0] as GamingMember, ...members.slice(1), parts[1] as GamingMember], plan);
  const praised = reportsOf(played).map((ofRound) =>
    ofRound.map((scores, evaluator) => {
      const friend = evaluator === 0 ? twin : evaluator === twin ? 0 : -1;
      return friend < 0
        ? scores
        : scores.map((score, i) => (i === friend ? 5 * Math.max(...scores.map(Math.abs)) : score));
    }),
  );
  const gain = (scoring: (reports: Reports) => number[]): number => {
    const scores = scoring(praised);
    return 100 * ((at(scores, 0) + at(scores, twin)) / at(scoring(reportsOf(honest)), 0) - 1);
  };
  const figure = `gain of both together, with ${how === 'whole' ? 'all data each' : 'half of the data each'}; control: mean with own reports`;
  return {
    attack: 'Sybil split',
    figure,
    defended: gain(medianScores),
    control: gain(naiveScores),
    unit: '%',
    most: null,
  };
}

/** The last member pushes backwards with as much weight as it can, so that rounds are worth less than nothing, and so is its part in them. */
export async function multiplyNegatives(study: HonestStudy): Promise<GamingRow> {
  const last = study.members.length - 1;
  const send = (view: SendView): Float32Array => combine(view.base, -3, changeOf(view, view.trained));
  const played = await replay(study, { [last]: { send, samples: 100 * (study.members[0]?.samples ?? 0) } });
  const reports = reportsOf(played);
  const scores = medianScores(reports);
  const shares = reports.map((ofRound) => {
    const naive = naiveScores([ofRound]);
    return at(naive, last) / naive.reduce((sum, score) => sum + score, 0);
  });
  return {
    attack: 'negative by negative',
    figure: 'score of who pushes backwards, of the mean; control: its share score ÷ total, largest of the rounds',
    defended: (100 * at(scores, last)) / meanSize(scores),
    control: 100 * Math.max(...shares),
    unit: '%',
    most: 0,
  };
}
