import type { ReportSource } from '../../audit/open-subject.ts';

/** Study and ledger, and whether the chain was asked. */
export function describeSource(source: ReportSource): string {
  const { study, contract, chainId, chainRead } = source;
  const ledger = `ledger ${contract} on chain ${chainId}`;
  return `study ${study}\n${ledger}${chainRead ? '' : ' (not asked: the log is the copy in the bundle)'}`;
}
