import { Interface, type TransactionResponse, type Wallet } from 'ethers';
import { compileContracts } from '../../scripts/generate-bindings.ts';
import type { ContributionInput, ValuationInput } from '../../src/ledger/bindings.ts';
import { as, type Consortium, contribution, deploy, startConsortium, type TestChain, valuation } from './consortium.ts';
import { domainOf, sign, structHash } from './typed-data.ts';

/** Gas of one transaction, or of one record of a batch; whole units. */
export interface GasRow {
  readonly members: number;
  readonly round: number;
  /** A contribution in a transaction of its own, without a commitment to scores. */
  readonly contribution: number;
  /** The same under its member's signature in a batch, one a member; with the commitment. */
  readonly contributionBatched: number;
  /** What the commitment adds to a contribution, and the transaction that reveals the scores of all other members. */
  readonly valuation: number;
  /** `valuation` by the number of scores. */
  readonly perScore: number;
  /** One contribution plus one evaluator's valuation of a round. */
  readonly scoredContribution: number;
  /** The contribution's event with nothing checked and nothing stored: the least that recording it can cost. */
  readonly bareEvent: number;
  /** The same for the revelation. */
  readonly bareReveal: number;
}

/** Emits the ledger's events and does nothing else. */
export interface BareEvents {
  contribute(record: ContributionInput): Promise<number>;
  reveal(record: ValuationInput): Promise<number>;
}

export async function deployBareEvents(testChain: TestChain): Promise<BareEvents> {
  const [compiled] = await compileContracts(['test/BareEvents']);
  if (compiled === undefined) throw new Error('no bare events');
  const wallet = testChain.wallet();
  const events = new Interface(compiled.abi);
  const to = await deploy(wallet, compiled.abi, compiled.bytecode);
  const send = (method: string, record: object): Promise<number> =>
    gasOf(wallet.sendTransaction({ to, data: events.encodeFunctionData(method, [record]) }));
  return { contribute: (record) => send('contribute', record), reveal: (record) => send('reveal', record) };
}

export async function gasOf(sent: Promise<TransactionResponse>): Promise<number> {
  const receipt = await (await sent).wait();
  return Number(receipt?.gasUsed);
}

/** A member's record of a round, with the commitment to the scores that `valuation` gives for the round before. */
function committing(study: string, member: string, round: number, members: number): ContributionInput {
  const record = contribution(study, member, round);
  if (round === 0) return record;
  return { ...record, scoreCommitment: structHash('Valuation', valuation(study, member, round - 1, members)) };
}

/**
 * Records a study with `members` members and measures at `rounds`. In between every member contributes in every round, so that there is
 * a history; with `sparse` the rounds in between are left out.
 */
export async function measureGas(
  testChain: TestChain,
  bare: BareEvents,
  options: { members: number; rounds: readonly number[]; sparse: boolean; onRow?: (row: GasRow) => void },
): Promise<GasRow[]> {
  const last = Math.max(...options.rounds);
  const consortium = await startConsortium(testChain, { memberCount: options.members, rounds: last + 2 });
  const rows: GasRow[] = [];
  for (let round = 0; round <= last; round++) {
    const measured = options.rounds.includes(round);
    if (!measured && options.sparse && round > 0) continue;
    const [first, ...others] = consortium.members;
    if (first === undefined) break;
    if (!measured) {
      await contributeBatch(consortium, testChain, { wallets: consortium.members, round });
      continue;
    }
    const row = await measureRound({ consortium, testChain, bare, first, others }, round);
    rows.push(row);
    options.onRow?.(row);
  }
  return rows;
}

interface Measurement {
  readonly consortium: Consortium;
  readonly testChain: TestChain;
  readonly bare: BareEvents;
  /** Whose transactions are measured one by one. */
  readonly first: Wallet;
  readonly others: readonly Wallet[];
}

async function measureRound(
  { consortium, testChain, bare, first, others }: Measurement,
  round: number,
): Promise<GasRow> {
  const { ledger, study } = consortium;
  const members = consortium.members.length;
  const own = as(ledger, first);
  const record = committing(study, first.address, round, members);
  const silent = { ...record, scoreCommitment: `0x${'00'.repeat(32)}` };
  // The same record with and without commitment, from the same state: the difference is the commitment.
  const [loud, quiet] = [await own.contribute.estimateGas(record), await own.contribute.estimateGas(silent)];
  const committed = await gasOf(own.contribute(record));
  const scores = valuation(study, first.address, round - 1, members);
  const reveal = await gasOf(ledger.reveal(scores));
  const batched = await contributeBatch(consortium, testChain, { wallets: others, round });
  const commit = Number(loud - quiet);
  const scoresGiven = members - 1;
  return {
    members,
    round,
    contribution: committed - commit,
    contributionBatched: Math.round(batched / others.length),
    valuation: commit + reveal,
    perScore: Math.round((commit + reveal) / scoresGiven),
    scoredContribution: committed + reveal,
    bareEvent: await bare.contribute(record),
    bareReveal: await bare.reveal(scores),
  };
}

/** One record of each wallet's member in one transaction. @returns its gas */
export async function contributeBatch(
  { ledger, study, members }: Consortium,
  testChain: TestChain,
  { wallets, round }: { wallets: readonly Wallet[]; round: number },
): Promise<number> {
  const domain = domainOf(testChain.chain.chainId, await ledger.getAddress());
  const records = wallets.map(({ address }) => committing(study, address, round, members.length));
  const signatures = await Promise.all(
    wallets.map((wallet, i) => sign(wallet, domain, 'Contribution', records[i] as object)),
  );
  return gasOf(ledger.contributeBatch(records, signatures));
}
