import { openBundle } from '../../audit/read-bundle.ts';
import { messageOf } from '../../base/errors.ts';
import { untilAborted } from '../../base/until-aborted.ts';
import { startReadOnlyServer } from '../../http/read-only-server.ts';
import { connectLedger } from '../../ledger/ethers-ledger.ts';
import { openBundleStudy } from '../../web/auditor/open-bundle-study.ts';
import { auditorRoutes } from '../../web/auditor/routes.ts';
import { shelfOfOne } from '../../web/auditor/shelves.ts';
import { readPageRoutes } from '../../web/web-bundle.ts';
import { namesOf } from './compose-report.ts';
import type { DemoOutcome } from './run-demo.ts';

/**
 * Serves the auditor's page over the evidence and the chain of a run that is over, on loopback, until the signal.
 * @param onServing told where it is
 */
export async function serveRun(
  outcome: DemoOutcome,
  signal: AbortSignal,
  onServing: (url: string) => void,
): Promise<void> {
  const { bundle: path, rpcUrl, contract, report } = outcome;
  const ledger = await connectLedger({ rpcUrl, contract });
  const bundle = await openBundle(path);
  try {
    const study = await openBundleStudy(bundle, ledger, { known: report, names: namesOf(outcome) });
    const routes = [...auditorRoutes(shelfOfOne(study)), ...(await readPageRoutes('auditor'))];
    const onError = (error: unknown): void => void process.stderr.write(`${messageOf(error)}\n`);
    const server = await startReadOnlyServer(routes, { host: '127.0.0.1', port: 0, token: null, onError });
    onServing(`${server.url}/`);
    await untilAborted(signal);
    await server.stop();
  } finally {
    await bundle.close();
    ledger.close();
  }
}
