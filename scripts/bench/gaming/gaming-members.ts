import { createSeededRandom } from '../../../src/base/seeded-random.ts';
import { readDigits } from '../../../src/data/read-digits.ts';
import { type Samples, selectRows } from '../perceptron.ts';
import type { GamingMember } from './play-study.ts';

export const MEMBERS = 10;

const TRAINING_ROWS = 110;
const HELD_OUT_ROWS = 50;

/**
 * Ten members with as many digits each.
 * @param wrongLabels share of the labels that are drawn anew: the first member's, none, to the last one's, in equal steps
 */
export async function gamingMembers(seed: string, wrongLabels: number): Promise<GamingMember[]> {
  const data = await readDigits();
  const random = createSeededRandom(seed, 'gaming-members');
  const rows = random.shuffle(Array.from({ length: data.samples }, (_, i) => i));
  const take = (count: number): Samples => selectRows(data, rows.splice(0, count));
  return Array.from({ length: MEMBERS }, (_, i): GamingMember => {
    const { inputs, labels } = take(TRAINING_ROWS);
    const share = (wrongLabels * i) / (MEMBERS - 1);
    const training = { inputs, labels: labels.map((label) => (random.next() < share ? random.integer(10) : label)) };
    return { training, heldOut: take(HELD_OUT_ROWS), samples: TRAINING_ROWS };
  });
}
