import { untilAborted } from '../base/until-aborted.ts';
import { openEmbeddedChain } from '../ledger/embedded/embedded-chain.ts';
import { startJsonRpcServer } from '../ledger/embedded/json-rpc-server.ts';
import { required, wholeNumber } from './command-line.ts';
import { type Command, EXIT_OK } from './run-command.ts';

export const chainCommand: Command = {
  spec: {
    usage: 'consilium chain --data <folder> [options]',
    summary:
      'Runs the embedded chain: an Ethereum virtual machine in this process, a journal on disk, and a JSON-RPC port without any\n' +
      'method that could rewrite history. Durable, but run by one operator: for trying things out, not for a consortium.',
    options: {
      data: { type: 'string', value: '<folder>', help: 'where the journal is kept' },
      port: { type: 'string', value: '<port>', help: 'port on 127.0.0.1; 0 takes a free one', default: '0' },
      json: { type: 'boolean', help: 'print one JSON line when ready' },
    },
    examples: ['consilium chain --data ./chain --port 8545'],
  },
  async run(values, _positionals, signal) {
    const port = wholeNumber(values, 'port', { min: 0, max: 65_535 });
    const notice = (message: string): void => void process.stderr.write(`${message}\n`);
    const chain = await openEmbeddedChain({ dataDirectory: required(values, 'data'), notice });
    try {
      const server = await startJsonRpcServer(chain, { port });
      const ready = { event: 'chain.ready', url: server.url, chainId: chain.chainId };
      process.stdout.write(
        values.json === true ? `${JSON.stringify(ready)}\n` : `chain ${chain.chainId} at ${server.url}\n`,
      );
      await untilAborted(signal);
      await server.stop();
    } finally {
      await chain.close();
    }
    return EXIT_OK;
  },
};
