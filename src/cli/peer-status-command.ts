import { dataFolder } from '../peer/data-folder.ts';
import { describeStopped, type StoppedPeer } from '../peer/describe-stopped.ts';
import { pageLink } from '../peer/page-address.ts';
import type { PeerStatus } from '../peer/peer-status.ts';
import { findRunningPeer } from '../peer/run-file.ts';
import { required } from './command-line.ts';
import { requireReleased } from './require-released.ts';
import { type Command, EXIT_FAILURE, EXIT_OK } from './run-command.ts';

export const peerStatusCommand: Command = {
  spec: {
    usage: 'consilium peer status --data <folder> [options]',
    summary:
      "Shows where a member's peer stands: its round, who is connected and who is missing, what waits to be recorded, and what is wrong\n" +
      'with the remedy. Exit code 0: it runs and all is well, or it does not run; 1: it runs and something is wrong, or it is there and\n' +
      'does not answer.',
    options: {
      data: { type: 'string', value: '<folder>', help: "the member's data folder" },
      json: { type: 'boolean', help: 'print JSON' },
    },
    examples: ['consilium peer status --data hospital'],
  },
  async run(values) {
    const folder = dataFolder(required(values, 'data'));
    const running = await findRunningPeer(folder.run);
    if (running !== null) {
      const { status, run } = running;
      const page = pageLink(run.url, run.token);
      const document = { running: true, url: run.url, page, ...status };
      process.stdout.write(
        values.json === true ? `${JSON.stringify(document)}\n` : describeRunning(status, { url: run.url, page }),
      );
      return status.problems.length === 0 ? EXIT_OK : EXIT_FAILURE;
    }
    requireReleased(folder);
    const stopped = await describeStopped(folder);
    const text =
      values.json === true ? `${JSON.stringify({ running: false, ...stopped })}\n` : describeNotRunning(stopped);
    process.stdout.write(text);
    return EXIT_OK;
  },
};

const row = (name: string, value: string): string => `${name.padEnd(14)}${value}\n`;

function describeRunning(status: PeerStatus, { url, page }: { url: string; page: string }): string {
  const { outbox, ledger, traffic, lastMix, lastValuation } = status;
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  const silence =
    ledger.secondsSinceContact === null ? 'has not answered yet' : `answered ${ledger.secondsSinceContact} s ago`;
  return [
    row('running', `process ${status.pid}, for ${status.upSeconds} s`),
    row('account', status.account),
    row('study', `${status.title} (${status.study})`),
    row('phase', status.round === null ? status.phase : `${status.phase}, round ${status.round} of ${status.rounds}`),
    row('members', `${status.participants} take part, ${status.connected.length} others are connected`),
    ...status.missing.map((account) => row('  missing', account)),
    row(
      'last mix',
      lastMix === null
        ? 'none yet'
        : `round ${lastMix.round}: ${lastMix.entries} contributions, ${lastMix.refused} refused`,
    ),
    row('last scores', describeScores(lastValuation)),
    row('outbox', `${outbox.pending} pending, ${outbox.anchored} anchored, ${outbox.refused} refused`),
    row('ledger', `${ledger.entries} entries, ${silence}`),
    row('traffic', `${megabytes(traffic.bytesIn)} in, ${megabytes(traffic.bytesOut)} out`),
    row('engine', status.engine),
    ...status.addresses.map((address) => row('listens on', address)),
    row('page', page),
    row('operations', `${url}/healthz, ${url}/metrics`),
    ...status.problems.map(({ code, remedy }) => row('problem', `${code}: ${remedy}`)),
  ].join('');
}

function describeScores(valuation: PeerStatus['lastValuation']): string {
  if (valuation === null) return 'none yet';
  const { round, method, evaluations, scoreErrorMicros } = valuation;
  const error = scoreErrorMicros === null ? '' : `, standard error up to ${scoreErrorMicros} millionths of a nat`;
  return `round ${round}: ${method}, ${evaluations} evaluations${error}`;
}

function describeNotRunning({ account, round, outbox, hasClosed, isErased }: StoppedPeer): string {
  const start = hasClosed
    ? "no, its study is finished; 'consilium peer start --stay' shows its page again"
    : "no; 'consilium peer start' starts it";
  return [
    row('running', isErased ? 'no' : start),
    ...(isErased ? [row('data', 'erased; records and models are there for audits')] : []),
    row('account', account),
    row('round', round === null ? 'it has never run' : hasClosed ? 'all are done' : `goes on with round ${round}`),
    ...(outbox === null
      ? []
      : [row('outbox', `${outbox.pending} pending, ${outbox.anchored} anchored, ${outbox.refused} refused`)]),
  ].join('');
}
