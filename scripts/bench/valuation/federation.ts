import { createSeededRandom, type SeededRandom } from '../../../src/base/seeded-random.ts';
import { readDigits } from '../../../src/data/read-digits.ts';
import { type LocalTraining, type Perceptron, type Samples, selectRows } from '../perceptron.ts';

/** A member whose worth is to be found out. */
export interface BenchMember {
  readonly name: string;
  /** Null for one without data, which only hands on what it mixed. */
  readonly training: Samples | null;
  /** What it values others by; damaged as its training part is. */
  readonly heldOut: Samples | null;
  /** What it says that it trains on. */
  readonly samples: number;
}

/** Who learns, from what, and what the truth is measured on. */
export interface Federation {
  readonly network: Perceptron;
  readonly local: LocalTraining;
  readonly members: readonly BenchMember[];
  readonly test: Samples;
  readonly seed: string;
}

const TEST_ROWS = 400;
const TRAINING_ROWS = 160;
const HELD_OUT_ROWS = 60;
const FEW_ROWS = 15;

interface Kind {
  readonly name: string;
  readonly rows: number;
  damage?(samples: Samples, random: SeededRandom): Samples;
}

/** Six that train, in the order in which they stand in a ring. */
const KINDS: readonly Kind[] = [
  { name: 'clean', rows: TRAINING_ROWS },
  { name: 'noisy sensor', rows: TRAINING_ROWS, damage: (samples, random) => addNoise(samples, 0.5, random) },
  { name: 'few samples', rows: FEW_ROWS },
  { name: 'clean too', rows: TRAINING_ROWS },
  { name: 'half of the labels wrong', rows: TRAINING_ROWS, damage: (samples, random) => redraw(samples, 0.5, random) },
  { name: 'random labels', rows: TRAINING_ROWS, damage: (samples, random) => redraw(samples, 1, random) },
];

/**
 * Digits, shared out among members that train and one that has no data and says that it has as many as the others.
 * @param names those that train
 */
export async function digitsFederation(
  seed: string,
  names: readonly string[] = KINDS.map(({ name }) => name),
): Promise<Federation> {
  const data = await readDigits();
  const random = createSeededRandom(seed, 'federation');
  const rows = random.shuffle(Array.from({ length: data.samples }, (_, i) => i));
  const test = selectRows(data, rows.splice(0, TEST_ROWS));
  const kinds = KINDS.filter(({ name }) => names.includes(name));
  const trained = kinds.map(({ name, rows: count, damage }): BenchMember => {
    const take = (n: number): Samples => selectRows(data, rows.splice(0, n));
    const [training, heldOut] = [take(count), take(HELD_OUT_ROWS)].map((part) => damage?.(part, random) ?? part);
    return { name, training: training ?? null, heldOut: heldOut ?? null, samples: count };
  });
  const relay = { name: 'relay without data', training: null, heldOut: null, samples: TRAINING_ROWS };
  return {
    network: { inputs: 64, hidden: 32, classes: 10 },
    local: { steps: 4, batch: 32, learningRate: 0.1, momentum: 0.5 },
    members: [...trained, relay],
    test,
    seed,
  };
}

function addNoise({ inputs, labels }: Samples, standardDeviation: number, random: SeededRandom): Samples {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return { inputs: inputs.map((value) => value + standardDeviation * normal()), labels };
}

/** @param share of the labels that are drawn anew, evenly among the ten classes */
function redraw({ inputs, labels }: Samples, share: number, random: SeededRandom): Samples {
  return { inputs, labels: labels.map((label) => (random.next() < share ? random.integer(10) : label)) };
}
