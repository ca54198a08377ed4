import type { Hex } from '../base/bytes.ts';
import type { OpenStudy } from '../protocol/study-entries.ts';
import { keySigner } from './account-signer.ts';
import { openAdminSession } from './admin/admin-session.ts';
import { DEFAULT_PARAMETERS, deployContracts } from './admin/deploy-contracts.ts';
import type { Deployment } from './admin/deployment.ts';
import { changeMembers, planChange, readMember } from './admin/members.ts';
import { openStudy } from './admin/studies.ts';

/** The least of administration that a study needs, for programs that set up a chain of their own. */
export interface Administration {
  /** @param adminDelaySeconds how long a hand-over of the administration has to wait */
  deploy(adminDelaySeconds: number): Promise<Deployment>;
  /** Admits accounts, in order; those who are members already are left alone. */
  admit(membership: Hex, accounts: readonly Hex[]): Promise<void>;
  openStudy(ledger: Hex, study: OpenStudy): Promise<void>;
  close(): void;
}

/** @throws LedgerError from every method: `ledger/unreachable`, `ledger/reverted` */
export async function administer(rpcUrl: string, privateKey: Hex): Promise<Administration> {
  const session = await openAdminSession({ rpcUrl, signer: keySigner(privateKey) });
  return {
    deploy: (adminDelaySeconds) => {
      const parameters = { ...DEFAULT_PARAMETERS, adminDelaySeconds };
      return deployContracts(session, { parameters, previous: null, save: async () => {} });
    },
    admit: async (membership, accounts) => {
      const members = await Promise.all(accounts.map((account) => readMember(session.provider, membership, account)));
      const { todo } = planChange('admit', members);
      const newcomers = todo.map(({ account }) => account);
      await changeMembers(session, membership, 'admit', newcomers);
    },
    openStudy: (ledger, study) => openStudy(session, ledger, study),
    close: () => session.close(),
  };
}
