import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Transaction, Wallet } from 'ethers';
import { type EmbeddedChain, openEmbeddedChain } from '../../src/ledger/embedded/embedded-chain.ts';
import { splitJournal } from '../../src/ledger/embedded/journal-lines.ts';
import { connectLedger } from '../../src/ledger/ethers-ledger.ts';
import { memberKey } from '../builders.ts';
import type { FaultStudy } from './fault-study.ts';
import type { ForkingLedger } from './forking-memory.ts';

/** An account whose transactions do nothing. */
const FILLER = 98;
const JOURNAL = 'transactions.jsonl';

/**
 * The embedded chain as one that takes blocks back: another chain, of the same journal without its last lines, answers at the same
 * address. Some of the transactions that were in the last blocks come in again, in another order.
 */
export async function createForkingChain(study: FaultStudy): Promise<ForkingLedger & { close(): void }> {
  const connection = await connectLedger({ rpcUrl: study.url, contract: study.contract });
  const filler = new Wallet(memberKey(FILLER));
  const floor = study.chain.journaled;
  let forks = 0;

  const fill = async (): Promise<void> => {
    const { chain } = study;
    const nonce = Number(await chain.request('eth_getTransactionCount', [filler.address, 'latest']));
    const draft = { chainId: chain.chainId, nonce, gasPrice: 0, gasLimit: 21_000, to: filler.address };
    await chain.request('eth_sendRawTransaction', [await filler.signTransaction(draft)]);
  };

  const reorganise = async (depth: number): Promise<void> => {
    const folder = join(study.folder, `fork-${++forks}`);
    await mkdir(folder);
    const source = forks === 1 ? study.folder : join(study.folder, `fork-${forks - 1}`);
    const { lines } = splitJournal(await readFile(join(source, JOURNAL)));
    const kept = Math.max(1 + floor, lines.length - depth);
    await writeFile(
      join(folder, JOURNAL),
      `${lines
        .slice(0, kept)
        .map(({ text }) => text)
        .join('\n')}\n`,
    );
    const fork = await openEmbeddedChain({ dataDirectory: folder });
    const gone = lines.slice(kept).map(({ text }) => (JSON.parse(text) as { raw: string }).raw);
    const old = study.chain;
    study.chain = fork;
    await fill();
    for (const raws of bySender(gone)) await resend(fork, raws.slice(0, Math.ceil(raws.length / 3)));
    while (fork.journaled < lines.length) await fill();
    await old.close();
    if (forks > 1) await rm(source, { recursive: true });
  };

  return {
    as: (n) => connection.as(memberKey(n)),
    fill,
    height: () => connection.blockNumber(),
    reorganise,
    close: () => connection.close(),
  };
}

/** Transactions of each sender in its own order; the last sender first. */
function bySender(raws: readonly string[]): string[][] {
  const groups = Map.groupBy(raws, (raw) => Transaction.from(raw).from);
  return [...groups.values()].toReversed();
}

/** The outboxes are at work already: who has used a nonce in the meantime needs the later ones for itself. */
async function resend(chain: EmbeddedChain, raws: readonly string[]): Promise<void> {
  for (const raw of raws) {
    const taken = await chain.request('eth_sendRawTransaction', [raw]).then(
      () => true,
      () => false,
    );
    if (!taken) return;
  }
}
