import { measureCopies } from './copied-updates.ts';
import { duplicateData } from './duplicated-data.ts';
import { gamingMembers } from './gaming-members.ts';
import type { GamingRow } from './gaming-row.ts';
import { type GamingPlan, playStudy, trainStudy } from './play-study.ts';
import { attackReports } from './report-attacks.ts';
import { type HonestStudy, multiplyNegatives, rideFreely, splitMember } from './update-attacks.ts';

/** Share of wrong labels of the worst of ten members: their worths are well apart. */
const WRONG_LABELS = 0.8;

export interface GamingBench {
  readonly rounds: number;
  /** Of the study of alike members in which copies are looked for; ten updates each. */
  readonly copyRounds: number;
  /** Orders of rows in which duplicated data are tried. */
  readonly orders: number;
  readonly seed: string;
}

/** Every attack with its control. @param tell what is being done */
export async function measureGaming(
  { rounds, copyRounds, orders, seed }: GamingBench,
  tell: (text: string) => void,
  signal: AbortSignal,
): Promise<GamingRow[]> {
  const rows: GamingRow[] = [];
  const measure = async (name: string, attack: () => Promise<GamingRow[]>): Promise<void> => {
    signal.throwIfAborted();
    tell(name);
    rows.push(...(await attack()));
  };
  const study = await honestStudy({ rounds, seed });
  await measure('reports', async () => attackReports(study.played.map(({ scores }) => scores)));
  await measure('copies', async () => {
    const alike = await trainStudy(await gamingMembers(seed, 0), { rounds: copyRounds, seed });
    return measureCopies(alike);
  });
  await measure('free riders', () => rideFreely(study));
  await measure('duplicated data', () => duplicateData(study, orders));
  await measure('Sybils', async () => [await splitMember(study, 'halves'), await splitMember(study, 'whole')]);
  await measure('negatives', async () => [await multiplyNegatives(study)]);
  return rows;
}

async function honestStudy(plan: GamingPlan): Promise<HonestStudy> {
  const members = await gamingMembers(plan.seed, WRONG_LABELS);
  return { members, plan, played: await playStudy(members, plan) };
}
