import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { peerIdOf } from '../gossip/peer-id.ts';
import { dataFolder, initDataFolder, readSecrets } from '../peer/data-folder.ts';
import { parsePeerConfig } from '../peer/peer-config.ts';
import { type OptionValues, required, usageError } from './command-line.ts';
import { type Command, EXIT_OK } from './run-command.ts';

/** The test part that all members share, if somebody has put it into the folder. */
const COMMON = 'common.dataset';

export const peerInitCommand: Command = {
  spec: {
    usage: 'consilium peer init --data <folder> [options]',
    summary:
      "Makes a member's data folder: a new key in an encrypted keystore, and the member's other secrets. Prints the account, which\n" +
      'an admin admits to the consortium, and the peer id, by which other peers find this one. With --contract it writes peer.json\n' +
      'too; manifest and data sets are put beside it.',
    options: {
      data: { type: 'string', value: '<folder>', help: 'the data folder to make' },
      contract: { type: 'string', value: '<0x…>', help: 'address of the Ledger contract' },
      rpc: {
        type: 'string',
        value: '<url>[,<url>…]',
        help: 'nodes of the chain, asked in this order',
        default: 'http://127.0.0.1:8545',
      },
      listen: { type: 'string', value: '<multiaddr>', help: 'where the peer listens', default: '/ip4/127.0.0.1/tcp/0' },
      bootstrap: {
        type: 'string',
        value: '<multiaddr>',
        help: 'address of another member, with /p2p/ and its peer id',
      },
      'training-seed': {
        type: 'string',
        value: '<text>',
        help: 'a fixed training seed instead of a secret one, for repeatable runs',
      },
      json: { type: 'boolean', help: 'print JSON' },
    },
    examples: ['consilium peer init --data hospital --contract 0x… --listen /ip4/127.0.0.1/tcp/4001'],
  },
  async run(values) {
    const path = required(values, 'data');
    const config = configOf(values, existsSync(join(path, COMMON)));
    const seed = values['training-seed'];
    const account = await initDataFolder(path, typeof seed === 'string' ? { trainingSeed: seed } : {});
    const folder = dataFolder(path);
    if (config !== null) await writeFile(folder.config, `${JSON.stringify(config, null, 2)}\n`);
    const peerId = peerIdOf((await readSecrets(folder)).privateKey);
    const plain = `account ${account}\npeer id ${peerId}`;
    process.stdout.write(`${values.json === true ? JSON.stringify({ account, peerId }) : plain}\n`);
    return EXIT_OK;
  },
};

/** What goes into peer.json; null if no contract was given. @throws ConsiliumError `cli/usage` for what a peer would not take */
function configOf(values: OptionValues, hasCommon: boolean): unknown {
  const { contract, bootstrap } = values;
  if (contract === undefined) {
    if (bootstrap === undefined) return null;
    throw usageError('--bootstrap goes into peer.json, which is written with --contract');
  }
  const urls = String(values.rpc).split(',');
  const config = {
    rpcUrl: urls.length === 1 ? urls[0] : urls,
    contract: String(contract).toLowerCase(),
    listen: [String(values.listen)],
    bootstrap: bootstrap === undefined ? [] : [String(bootstrap)],
    ...(hasCommon ? { data: { common: COMMON } } : {}),
  };
  parsePeerConfig(config, 'the options');
  return config;
}
