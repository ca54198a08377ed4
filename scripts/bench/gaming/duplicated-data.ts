import { createSeededRandom } from '../../../src/base/seeded-random.ts';
import { selectRows } from '../perceptron.ts';
import type { GamingRow } from './gaming-row.ts';
import { type GamingMember, type GamingPlan, playStudy } from './play-study.ts';
import { medianScores } from './score-reports.ts';
import type { HonestStudy } from './update-attacks.ts';

/** Orders of the member's rows: which of them come first moves a score by a tenth. */
const ORDERS = 10;
/** Of the plan with steps: as many as an honest epoch has. */
const LOCAL_STEPS = 4;

/** What else differs between the copies that are tried. */
interface Copies {
  /** Whether the rows are there twice, and the count is stated so; or only stated. */
  readonly areTrainedOn: boolean;
  readonly localSteps?: number;
}

/** The first member trains on its data twice and states twice as many; or only states it. */
export async function duplicateData({ members, plan }: HonestStudy): Promise<GamingRow[]> {
  const scoreOf = async (terms: GamingPlan, copies: Copies | null): Promise<number> => {
    let sum = 0;
    for (let order = 0; order < ORDERS; order++) {
      const [first, ...others] = members as [GamingMember, ...GamingMember[]];
      const played = await playStudy([withCopies(first, copies, `${plan.seed}/${order}`), ...others], terms);
      sum += medianScores(played.map(({ scores }) => scores))[0] ?? 0;
    }
    return sum;
  };
  const equal: GamingPlan = { ...plan, credit: 'equal-training' };
  const honest = { equal: await scoreOf(equal, null), stated: await scoreOf(plan, null) };
  const row = async (figure: string, copies: Copies): Promise<GamingRow> => {
    const steps = copies.localSteps === undefined ? {} : { localSteps: copies.localSteps };
    const defended = 100 * ((await scoreOf({ ...equal, ...steps }, copies)) / honest.equal - 1);
    const control = 100 * ((await scoreOf(plan, copies)) / honest.stated - 1);
    return { attack: 'duplicated data', figure, defended, control, unit: '%', most: 5 };
  };
  const control = 'control: epochs, scores of models';
  return [
    await row(`trained on and stated twice, steps, gain; ${control}`, { areTrainedOn: true, localSteps: LOCAL_STEPS }),
    await row(`trained on and stated twice, epochs, gain; ${control}`, { areTrainedOn: true }),
    await row(`stated twice, gain; ${control}`, { areTrainedOn: false }),
  ];
}

function withCopies(member: GamingMember, copies: Copies | null, seed: string): GamingMember {
  const rows = createSeededRandom(seed, 'order').shuffle([...member.training.labels.keys()]);
  const training = selectRows(member.training, copies?.areTrainedOn ? [...rows, ...rows] : rows);
  return { ...member, training, samples: copies === null ? member.samples : 2 * member.samples };
}
