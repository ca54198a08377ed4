import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Interface, type Result, Transaction, type TransactionLike, Wallet } from 'ethers';
import type { Hex } from '../../src/base/bytes.ts';
import { LEDGER_ABI } from '../../src/ledger/bindings.ts';
import { openEmbeddedChain } from '../../src/ledger/embedded/embedded-chain.ts';
import { splitJournal } from '../../src/ledger/embedded/journal-lines.ts';
import { type Contribution, contributionSchema } from '../../src/protocol/contribution.ts';
import { contributionDigest, signDigest } from '../../src/protocol/signature.ts';

const LEDGER = new Interface(LEDGER_ABI);

/**
 * Replays a chain's transactions into a new folder, with one changed: the first by which a member recorded a contribution, now with
 * one sample more and signed again. All others go in as they were, byte for byte.
 * @returns the contribution as it was
 */
export async function rewriteChain(
  { from, to }: { readonly from: string; readonly to: string },
  privateKey: Hex,
): Promise<Contribution> {
  const { lines } = splitJournal(await readFile(join(from, 'transactions.jsonl')));
  const chain = await openEmbeddedChain({ dataDirectory: to, notice: () => undefined });
  let changed: Contribution | undefined;
  try {
    for (const { text } of lines.slice(1)) {
      const { raw } = JSON.parse(text) as { raw: string };
      const forged = changed === undefined ? await forge(Transaction.from(raw), privateKey) : null;
      changed ??= forged?.record;
      await chain.request('eth_sendRawTransaction', [forged?.raw ?? raw]);
    }
  } finally {
    await chain.close();
  }
  if (changed === undefined) throw new Error('no transaction of that member records a contribution');
  return changed;
}

async function forge(transaction: Transaction, privateKey: Hex): Promise<{ raw: string; record: Contribution } | null> {
  const wallet = new Wallet(privateKey);
  const call = transaction.from === wallet.address ? LEDGER.parseTransaction(transaction) : null;
  if (call?.name !== 'contribute' && call?.name !== 'contributeBatch') return null;
  const [first, signatures] = call.args as unknown as [Result, Result];
  const [record, ...others] = (call.name === 'contribute' ? [first] : [...first]).map((each) =>
    toRecord(each as Result),
  );
  if (record === undefined) return null;
  const other = { ...record, samples: record.samples + 1 };
  const domain = { chainId: Number(transaction.chainId), contract: transaction.to?.toLowerCase() as Hex };
  const signature = signDigest(privateKey, contributionDigest(domain, other));
  const args =
    call.name === 'contribute'
      ? [other]
      : [
          [other, ...others],
          [signature, ...signatures.slice(1)],
        ];
  const data = LEDGER.encodeFunctionData(call.name, args);
  const draft: TransactionLike = { ...transaction.toJSON(), data, hash: null, from: null, sig: null };
  return { raw: await wallet.signTransaction(draft), record };
}

/** A record as the contract's interface gives it: numbers are bigints there, and addresses have capitals. */
function toRecord(result: Result): Contribution {
  const fields = Object.entries(result.toObject()).map(([name, value]) => [
    name,
    typeof value === 'bigint' ? Number(value) : String(value).toLowerCase(),
  ]);
  return contributionSchema.parse(Object.fromEntries(fields));
}
