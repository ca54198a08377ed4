import { createSeededRandom } from '../../../src/base/seeded-random.ts';
import { selectRows } from '../perceptron.ts';
import type { GamingRow } from './gaming-row.ts';
import { type GamingMember, type GamingPlan, playStudy } from './play-study.ts';
import { medianScores } from './score-reports.ts';
import type { HonestStudy } from './update-attacks.ts';

/** Per cent of its score that a member may gain by data that are there twice. */
const MOST_GAIN = 5;

/** Whether the rows are there twice, and the count is stated so; or only stated. */
interface Copies {
  readonly areTrainedOn: boolean;
}

/**
 * The first member trains on its data twice and states twice as many; or only states it. Each score is beside the honest one under the same terms.
 * @param orders of the member's rows that are summed over: which of them come first moves a score by a tenth
 */
export async function duplicateData({ members, plan }: HonestStudy, orders: number): Promise<GamingRow[]> {
  const scoreOf = async (terms: GamingPlan, copies: Copies | null): Promise<number> => {
    let sum = 0;
    for (let order = 0; order < orders; order++) {
      const [first, ...others] = members as [GamingMember, ...GamingMember[]];
      const played = await playStudy([withCopies(first, copies, `${plan.seed}/${order}`), ...others], terms);
      sum += medianScores(played.map(({ scores }) => scores))[0] ?? 0;
    }
    return sum;
  };
  const gainsOf = async (terms: GamingPlan, tried: readonly Copies[]): Promise<number[]> => {
    const honest = await scoreOf(terms, null);
    const gains: number[] = [];
    for (const copies of tried) gains.push(100 * ((await scoreOf(terms, copies)) / honest - 1));
    return gains;
  };
  const [trained, stated] = [{ areTrainedOn: true }, { areTrainedOn: false }];
  const equal: GamingPlan = { ...plan, credit: 'equal-training' };
  const [bySteps = 0, onlyStated = 0] = await gainsOf(equal, [trained, stated]);
  const [byEpochs = 0] = await gainsOf({ ...equal, isInEpochs: true }, [trained]);
  const [trainedControl = 0, statedControl = 0] = await gainsOf({ ...plan, isInEpochs: true }, [trained, stated]);
  const row = (what: string, defended: number, { control, most }: Pick<GamingRow, 'control' | 'most'>): GamingRow => ({
    attack: 'duplicated data',
    figure: `${what}, gain; control: epochs, scores of models`,
    defended,
    control,
    unit: '%',
    most,
  });
  return [
    row('trained on and stated twice', bySteps, { control: trainedControl, most: MOST_GAIN }),
    row('stated twice', onlyStated, { control: statedControl, most: MOST_GAIN }),
    row('trained on and stated twice, epochs', byEpochs, { control: trainedControl, most: null }),
  ];
}

function withCopies(member: GamingMember, copies: Copies | null, seed: string): GamingMember {
  const rows = createSeededRandom(seed, 'order').shuffle([...member.training.labels.keys()]);
  const training = selectRows(member.training, copies?.areTrainedOn ? [...rows, ...rows] : rows);
  return { ...member, training, samples: copies === null ? member.samples : 2 * member.samples };
}
