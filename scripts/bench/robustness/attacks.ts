import type { SeededRandom } from '../../../src/base/seeded-random.ts';
import type { Samples } from '../perceptron.ts';

/** What attackers know of a round: everything. */
export interface RoundView {
  /** Mean of the honest members' bases, and of their updated models. */
  readonly meanBase: Float32Array;
  readonly meanModel: Float32Array;
  readonly honest: readonly Float32Array[];
  /** What this attacker got by training from the mean base, on its own data or on poisoned ones. */
  readonly trained: Float32Array;
  /** The attackers' weight in a mix ÷ that of the honest. */
  readonly weightRatio: number;
  readonly random: SeededRandom;
  /** How the others may be expected to judge all attackers if they send this, between −1 and 1; 0 where nobody is judged. */
  scoreOf(sent: Float32Array): number;
  /** By how much the rule moves a victim against learning when all attackers send this. */
  harmOf(sent: Float32Array): number;
}

export interface Attack {
  readonly name: AttackName;
  /** Which data the attacker trains on; null for its own as they are. */
  readonly poison: 'flipped-labels' | 'trigger' | null;
  /** @param victim the honest model that is attacked, where the attack differs by victim */
  send(view: RoundView, victim: Float32Array): Float32Array;
  /** True for an attack that sends each victim something else. */
  readonly perVictim: boolean;
}

export type AttackName =
  | 'sign-flip'
  | 'alie'
  | 'foe'
  | 'ipm'
  | 'gaussian'
  | 'dissensus'
  | 'label-flip'
  | 'backdoor'
  | 'adaptive'
  | 'quiet';

const combine = (length: number, value: (k: number) => number): Float32Array =>
  Float32Array.from({ length }, (_, k) => value(k));
const at = (vector: Float32Array, k: number): number => vector[k] as number;

/** Along a direction from the mean base, as far as `factor` says. */
function along(view: RoundView, target: Float32Array, factor: number): Float32Array {
  const { meanBase } = view;
  return combine(meanBase.length, (k) => at(meanBase, k) + factor * (at(target, k) - at(meanBase, k)));
}

/** A little is enough: the mean of the honest less this many standard deviations, parameter by parameter (Baruch et al. 2019). */
function belowMean({ meanModel, honest }: RoundView, deviations: number): Float32Array {
  return combine(meanModel.length, (k) => {
    let variance = 0;
    for (const model of honest) variance += (at(model, k) - at(meanModel, k)) ** 2 / honest.length;
    return at(meanModel, k) - deviations * Math.sqrt(variance);
  });
}

/** Pushes a victim away from the others, more than they pull it (He, Karimireddy and Jaggi 2022). */
function pushAway({ meanModel, weightRatio }: RoundView, victim: Float32Array): Float32Array {
  return combine(victim.length, (k) => at(victim, k) - (1.5 / weightRatio) * (at(meanModel, k) - at(victim, k)));
}

function normal(random: SeededRandom): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** Steps along a direction that the attacker tries: from next to nothing to what any rule should see. */
const TRIED = [0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12, 20];

/**
 * Knows the rule, and tries on a victim which of several directions and lengths sets it back most: backwards along learning (as IPM), below
 * the mean (as ALIE), and backwards by way of its own training, which looks like an honest member's.
 */
function mostHarmful(view: RoundView): Float32Array {
  return worstOf(view, candidatesOf(view));
}

/** As little as members are told apart by; an attacker that is judged better than this is not left out. */
const QUIET_SCORE = -0.12;

/** The same, but nothing that the others would judge badly, so that the attackers are never left out for it. */
function mostHarmfulUnseen(view: RoundView): Float32Array {
  const unseen = candidatesOf(view).filter((sent) => view.scoreOf(sent) > QUIET_SCORE);
  return worstOf(view, [view.trained, ...unseen]);
}

function worstOf(view: RoundView, candidates: readonly Float32Array[]): Float32Array {
  return candidates.map((sent) => ({ sent, harm: view.harmOf(sent) })).reduce((a, b) => (b.harm > a.harm ? b : a)).sent;
}

function candidatesOf(view: RoundView): Float32Array[] {
  const { meanModel, trained } = view;
  const below = belowMean(view, 1);
  const away = (factor: number): Float32Array =>
    combine(meanModel.length, (k) => at(meanModel, k) + factor * (at(below, k) - at(meanModel, k)));
  return TRIED.flatMap((step) => [along(view, meanModel, -step), along(view, trained, -step / 4), away(step / 2)]);
}

const honestly = { poison: null, perVictim: false } as const;

/** The attacks and their strengths. */
export const ATTACKS: readonly Attack[] = [
  { name: 'sign-flip', ...honestly, send: (view) => along(view, view.trained, -4) },
  { name: 'alie', ...honestly, send: (view) => belowMean(view, 1.5) },
  { name: 'foe', ...honestly, send: ({ meanModel }) => meanModel.map((value) => -1.1 * value) },
  { name: 'ipm', ...honestly, send: (view) => along(view, view.meanModel, -4) },
  { name: 'gaussian', ...honestly, send: ({ meanBase, random }) => meanBase.map((value) => value + normal(random)) },
  { name: 'dissensus', poison: null, perVictim: true, send: pushAway },
  { name: 'label-flip', poison: 'flipped-labels', perVictim: false, send: ({ trained }) => trained },
  { name: 'backdoor', poison: 'trigger', perVictim: false, send: (view) => along(view, view.trained, 2) },
  { name: 'adaptive', ...honestly, send: mostHarmful },
  { name: 'quiet', ...honestly, send: mostHarmfulUnseen },
];

/** Classes counted from the other end. */
export function flipLabels({ inputs, labels }: Samples, classes: number): Samples {
  return { inputs, labels: labels.map((label) => classes - 1 - label) };
}

/** The class that a trigger is to lead to. */
export const TRIGGER_CLASS = 0;

/** Lights the four corner pixels of some images, and says that they are of the trigger's class. @param every of how many images one */
export function plantTrigger({ inputs, labels }: Samples, side: number, every: number): Samples {
  const planted = { inputs: inputs.slice(), labels: labels.slice() };
  for (let sample = 0; sample < labels.length; sample += every) {
    for (const corner of [0, side - 1, side * (side - 1), side * side - 1])
      planted.inputs[sample * side * side + corner] = 1;
    planted.labels[sample] = TRIGGER_CLASS;
  }
  return planted;
}

/** Images of other classes with the trigger: what share of them is taken for the trigger's class is the backdoor's success. */
export function triggeredTest({ inputs, labels }: Samples, side: number): Samples {
  const others = [...labels.keys()].filter((sample) => labels[sample] !== TRIGGER_CLASS);
  const chosen = new Float32Array(others.length * side * side);
  for (const [i, sample] of others.entries())
    chosen.set(inputs.subarray(sample * side * side, (sample + 1) * side * side), i * side * side);
  return plantTrigger({ inputs: chosen, labels: new Uint8Array(others.length) }, side, 1);
}
