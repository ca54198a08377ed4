import type { Provider } from 'ethers';
import type { Hex } from '../../base/bytes.ts';
import { ledgerAt } from '../bindings.ts';
import type { AdminSession } from './admin-session.ts';
import type { Deployment } from './deployment.ts';
import { guarded } from './guarded.ts';
import { listStudies } from './studies.ts';

/** A member that takes part in an open study. */
export interface Participation {
  readonly study: Hex;
  readonly account: Hex;
}

/** In which open studies these accounts take part, and have neither withdrawn nor been excluded. @throws LedgerError */
export async function findParticipations(
  provider: Provider,
  deployment: Deployment,
  accounts: readonly Hex[],
): Promise<Participation[]> {
  const studies = await listStudies(provider, deployment);
  const contract = ledgerAt(deployment.ledger, provider);
  return guarded('reading who takes part', async () => {
    const found: Participation[] = [];
    for (const { study } of studies.filter(({ state }) => state === 'open')) {
      for (const account of accounts) {
        const { joined, withdrawn, excluded } = await contract.participantOf(study, account);
        if (joined && !withdrawn && !excluded) found.push({ study, account });
      }
    }
    return found;
  });
}

/**
 * Enters into the studies' logs that these members are out.
 * `notYetOut` will be only once this command's earlier steps are sent.
 * @throws LedgerError
 */
export async function exclude(
  session: AdminSession,
  ledger: Hex,
  { from, notYetOut }: { readonly from: readonly Participation[]; readonly notYetOut: readonly Hex[] },
): Promise<void> {
  const contract = ledgerAt(ledger, session.provider);
  for (const { study, account } of from) {
    await session.send({
      doing: `excluding ${account} from study ${study}`,
      follows: notYetOut.includes(account),
      compose: () => contract.exclude.populateTransaction(study, account),
    });
  }
}
