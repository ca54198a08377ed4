import { auditStudy } from '../audit/audit-study.ts';
import { openBundle } from '../audit/read-bundle.ts';
import { connectLedger } from '../ledger/ethers-ledger.ts';
import { dataFolder } from '../peer/data-folder.ts';
import { exportEvidence } from '../peer/export-evidence.ts';
import { observeStudy } from '../peer/observe/observe-study.ts';
import type { ObserverEvent } from '../peer/observe/observer-event.ts';
import { readPeerConfig } from '../peer/peer-config.ts';
import { describeReport } from './audit/describe-report.ts';
import { required, usageError } from './command-line.ts';
import { describeEvent } from './describe-event.ts';
import { createLogFile } from './log-file.ts';
import { type Command, EXIT_FINDINGS, EXIT_OK } from './run-command.ts';

export const peerObserveCommand: Command = {
  spec: {
    usage: 'consilium peer observe --data <folder> [options]',
    summary:
      'Follows a study without taking part, for a regulator who holds no data: collects the signed records, metrics, recipes and updates,\n' +
      'and holds each contribution on the ledger against what was signed, as it comes. It joins nothing, trains nothing and writes nothing to\n' +
      "the ledger. The folder is made by 'peer init', with the manifest beside it; an admin admits its account, since members let in members\n" +
      'only. Ends when the study does, or at SIGINT; a later start goes on. With --out it then writes the bundle and verifies it, every mix\n' +
      'too. Exit code 3 if there is a finding.',
    options: {
      data: { type: 'string', value: '<folder>', help: "the observer's folder, with peer.json, keystore and manifest" },
      out: { type: 'string', value: '<file>', help: 'evidence bundle to write and verify at the end' },
      'records-only': { type: 'boolean', help: 'leave the updates with the members; mixes cannot be replayed then' },
      json: { type: 'boolean', help: 'print one JSON document a line' },
    },
    examples: [
      'consilium peer init --data regulator --contract 0x… --bootstrap /ip4/…/tcp/4001/p2p/…',
      'consilium peer observe --data regulator --out evidence.car',
    ],
  },
  async run(values, _positionals, signal) {
    const path = required(values, 'data');
    const recordsOnly = values['records-only'] === true;
    const out = typeof values.out === 'string' ? values.out : null;
    if (out === '') throw usageError('--out: name a file');
    const { log } = await readPeerConfig(dataFolder(path).config);
    const logger = createLogFile(dataFolder(path).log, log);
    const print = values.json === true ? JSON.stringify : describeEvent;
    const emit = (event: ObserverEvent): void => {
      const { event: name, ...details } = event;
      logger.info(name, details);
      process.stdout.write(`${print(event)}\n`);
    };
    const { findings } = await observeStudy({ logger, emit }, { path, recordsOnly }, signal);
    if (out === null) return findings === 0 ? EXIT_OK : EXIT_FINDINGS;
    const { records } = await exportEvidence([path], out);
    process.stdout.write(
      values.json === true ? `${JSON.stringify({ records, out })}\n` : `${records} signed records in ${out}\n`,
    );
    if (recordsOnly) return findings === 0 ? EXIT_OK : EXIT_FINDINGS;
    return (await verify(path, out, values.json === true)) && findings === 0 ? EXIT_OK : EXIT_FINDINGS;
  },
};

/** @returns true without findings */
async function verify(path: string, out: string, json: boolean): Promise<boolean> {
  const { rpcUrl, contract } = await readPeerConfig(dataFolder(path).config);
  const connection = await connectLedger({ rpcUrl, contract });
  try {
    const bundle = await openBundle(out);
    try {
      const report = await auditStudy(bundle, { ledger: connection });
      process.stdout.write(json ? `${JSON.stringify(report)}\n` : describeReport(report));
      return report.findings.length === 0;
    } finally {
      await bundle.close();
    }
  } finally {
    connection.close();
  }
}
