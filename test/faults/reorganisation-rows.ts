import { DOMAIN, STUDY } from '../builders.ts';
import { anvilIsInstalled } from '../ledger/anvil.ts';
import { type FaultRow, skippedRow } from './fault-row.ts';
import { startFaultStudy } from './fault-study.ts';
import { startForkingAnvil } from './forking-anvil.ts';
import { createForkingChain } from './forking-chain.ts';
import { createForkingMemory } from './forking-memory.ts';
import { reorganisationControl, reorganisations } from './reorganisations.ts';

const CONTROL_DEPTHS = [1, 2, 3, 4, 5, 6];

/** On the ledger's rules alone, and its control. */
export async function reorganisationsInMemory(depths: readonly number[], seed: string): Promise<FaultRow[]> {
  const chain = async () => ({ ledger: await createForkingMemory(2), study: STUDY, domain: DOMAIN });
  return [
    await reorganisations(await chain(), { chain: 'memory', depths, seed }),
    await reorganisationControl(await chain(), { chain: 'memory', depths: CONTROL_DEPTHS, seed }),
  ];
}

/** On the contract, through JSON-RPC. */
export async function reorganisationsOnChain(depths: readonly number[], seed: string): Promise<FaultRow> {
  const study = await startFaultStudy({ members: 2, rounds: 10_000 });
  const ledger = await createForkingChain(study);
  try {
    const { study: id, domain } = study;
    return await reorganisations({ ledger, study: id, domain }, { chain: 'embedded', depths, seed });
  } finally {
    ledger.close();
    await study.stop();
  }
}

/** On a client that others wrote, with fees. */
export async function reorganisationsOnAnvil(depths: readonly number[], seed: string): Promise<FaultRow> {
  if (!anvilIsInstalled) return skippedRow('reorganisations (anvil)', 'anvil is not installed');
  const chain = await startForkingAnvil(2);
  try {
    return await reorganisations(chain, { chain: 'anvil', depths, seed });
  } finally {
    await chain.stop();
  }
}
