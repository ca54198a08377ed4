import { id, type Provider } from 'ethers';
import type { Hex } from '../../base/bytes.ts';
import type { OpenStudy } from '../../protocol/study-entries.ts';
import { type LedgerContract, ledgerAt } from '../bindings.ts';
import type { AdminSession } from './admin-session.ts';
import type { Deployment } from './deployment.ts';
import { guarded } from './guarded.ts';
import { readLogs } from './read-logs.ts';

/** In the order of the contract's numbers. */
const STATES = ['none', 'open', 'closed'] as const;

/** A study as the contract states it now; all zero and `none` if it was never opened. */
export interface StudySummary extends OpenStudy {
  readonly state: (typeof STATES)[number];
  readonly participants: number;
  readonly entries: number;
  readonly head: Hex;
}

/** @throws LedgerError */
export async function readStudy(provider: Provider, ledger: Hex, study: Hex): Promise<StudySummary> {
  return guarded('reading a study', () => summaryOf(ledgerAt(ledger, provider), study));
}

async function summaryOf(contract: LedgerContract, study: Hex): Promise<StudySummary> {
  const status = await contract.studyOf(study);
  return {
    study,
    state: STATES[Number(status.state)] ?? 'none',
    rounds: Number(status.rounds),
    maximumMembers: Number(status.maximumMembers),
    stalenessBound: Number(status.stalenessBound),
    epsilonBudgetMicros: Number(status.epsilonBudgetMicros),
    deltaBudgetPicos: Number(status.deltaBudgetPicos),
    participants: Number(status.participants),
    entries: Number(status.entryCount),
    head: status.head.toLowerCase() as Hex,
  };
}

/** All studies, in the order in which they were opened. @throws LedgerError */
export async function listStudies(provider: Provider, deployment: Deployment): Promise<StudySummary[]> {
  return guarded('reading the studies', async () => {
    const contract = ledgerAt(deployment.ledger, provider);
    const topic = contract.interface.getEvent('Opened')?.topicHash ?? id('Opened');
    const filter = { address: deployment.ledger, topics: [topic] };
    const logs = await readLogs(provider, filter, deployment.created.ledger.blockNumber ?? 0);
    const studies: StudySummary[] = [];
    for (const log of logs) studies.push(await summaryOf(contract, log.topics[1] as Hex));
    return studies;
  });
}

/** @throws LedgerError */
export async function openStudy(session: AdminSession, ledger: Hex, terms: OpenStudy): Promise<void> {
  const compose = () => ledgerAt(ledger, session.provider).openStudy.populateTransaction(terms);
  await session.send({ doing: `opening study ${terms.study}`, compose });
}

/** @throws LedgerError */
export async function closeStudy(session: AdminSession, ledger: Hex, study: Hex): Promise<void> {
  const compose = () => ledgerAt(ledger, session.provider).closeStudy.populateTransaction(study);
  await session.send({ doing: `closing study ${study}`, compose });
}
