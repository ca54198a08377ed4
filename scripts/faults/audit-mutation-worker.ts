import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { baseBundle } from '../../test/audit/mutations/base-bundle.ts';
import { type CampaignOutcome, runCampaign } from '../../test/audit/mutations/campaign.ts';
import { answerTasks } from '../bench/answer-tasks.ts';

/** A part of the campaign, for one process. */
export interface MutationTask {
  readonly do: 'run';
  readonly seed: string;
  readonly from: number;
  readonly to: number;
}

export interface MutationAnswers {
  readonly run: CampaignOutcome;
}

const base = baseBundle();

async function run({ seed, from, to }: MutationTask): Promise<CampaignOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-mutations-'));
  try {
    return await runCampaign(await base, { seed, from, to, path: join(folder, 'mutated.car') });
  } finally {
    await rm(folder, { recursive: true });
  }
}

answerTasks<MutationTask, { run: CampaignOutcome }>({ run });
