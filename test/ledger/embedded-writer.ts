/** A process that writes to the embedded chain in a folder until it is killed, and prints each acknowledged block. */
import { Wallet } from 'ethers';
import { openEmbeddedChain } from '../../src/ledger/embedded/embedded-chain.ts';

const dataDirectory = process.argv[2] ?? '';
const wallet = new Wallet(`0x${'11'.repeat(32)}`);
const chain = await openEmbeddedChain({ dataDirectory, notice: () => undefined });
process.stdout.write('opened\n');

for (let nonce = chain.journaled; ; nonce++) {
  const transaction = { chainId: chain.chainId, nonce, gasPrice: 0, gasLimit: 21_000, to: wallet.address };
  await chain.request('eth_sendRawTransaction', [await wallet.signTransaction(transaction)]);
  const block = (await chain.request('eth_getBlockByNumber', ['latest', false])) as { number: string; hash: string };
  process.stdout.write(`${block.number} ${block.hash}\n`);
}
