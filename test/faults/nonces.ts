import { Wallet } from 'ethers';
import { isConsiliumError } from '../../src/base/errors.ts';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { createTransactionSender, type TransactionSender } from '../../src/ledger/transaction-sender.ts';
import { digest, memberAccount, memberKey } from '../builders.ts';
import { createFakeMempool, type FakeMempool } from './fake-mempool.ts';
import { controlRow, type FaultRow } from './fault-row.ts';
import { inLanes } from './lanes.ts';
import { createVirtualClock } from './virtual-clock.ts';

export interface NoncesScale {
  readonly submissions: number;
  readonly seed: string;
}

/** Keys that send side by side, each with a mempool of its own. */
const LANES = 8;
/** Virtual: each question for a receipt costs real time, and 300 of them between two sends would prove no more than 10. */
const RESEND_MILLISECONDS = 1_000;
/** An outbox tries again for ever; who needs more than this is stuck. */
const MAXIMUM_TRIES = 50;

/** Submissions while the node drops, holds back, overtakes and loses the answers to transactions at random. */
export async function nonces({ submissions, seed }: NoncesScale): Promise<FaultRow> {
  const { stuck, missing, twice, fates, longestSeconds } = await submitAll({ submissions, seed }, deliver);
  const names = [...fates].map(([fate, count]) => `${count} ${fate}`).join(', ');
  return {
    name: 'nonces',
    target: `${submissions} submissions: 0 stuck, 0 missing, 0 twice`,
    measured: `${stuck} stuck, ${missing} missing, ${twice} twice; longest ${longestSeconds} s (virtual); ${names}`,
    passed: stuck + missing + twice === 0,
    seed,
  };
}

/** Controls: who takes the node's word loses some; who sends again without looking, to a contract that takes all, doubles some. */
export async function noncesControls(seed: string): Promise<FaultRow[]> {
  const scale = { submissions: 32, seed };
  const trusting = await submitAll(scale, async ({ mempool, wallet, payload }) => {
    await wallet
      .connect(mempool.provider)
      .sendTransaction({ ...draftOf(payload), ...PRICE })
      .catch(() => {});
  });
  const forgetful = await submitAll({ ...scale, takesEachOnce: false }, async ({ sender, payload }) => {
    await trySend(sender, payload);
    await trySend(sender, payload);
  });
  return [
    controlRow({
      name: 'nonces: who takes the node at its word',
      measured: `${trusting.missing} missing`,
      noticed: trusting.missing,
      seed,
    }),
    controlRow({
      name: 'nonces: who sends again without looking',
      measured: `${forgetful.twice} twice`,
      noticed: forgetful.twice,
      seed,
    }),
  ];
}

interface Submission {
  readonly mempool: FakeMempool;
  readonly wallet: Wallet;
  readonly sender: TransactionSender;
  readonly payload: string;
}

const PRICE = { gasLimit: 100_000, maxFeePerGas: 4_000_000_000, maxPriorityFeePerGas: 1_000_000_000 };
const draftOf = (data: string) => ({ to: memberAccount(1), data });

/** As the outbox does it: tries again until the record is on the ledger. @returns whether it got there */
async function deliver({ mempool, sender, payload }: Submission): Promise<boolean> {
  for (let attempt = 0; attempt < MAXIMUM_TRIES; attempt++) {
    if (mempool.recorded.has(payload)) return true;
    await trySend(sender, payload);
  }
  return mempool.recorded.has(payload);
}

async function trySend(sender: TransactionSender, payload: string): Promise<void> {
  try {
    await sender.send('testing', async () => draftOf(payload));
  } catch (error) {
    if (!isConsiliumError(error, 'ledger/unreachable') && !isConsiliumError(error, 'ledger/reverted')) throw error;
  }
}

async function submitAll(
  { submissions, seed, takesEachOnce = true }: NoncesScale & { takesEachOnce?: boolean },
  submit: (submission: Submission) => Promise<boolean | void>,
) {
  const lanes = Array.from({ length: LANES }, (_, lane) => {
    const mempool = createFakeMempool({ random: createSeededRandom(seed, `mempool ${lane}`), takesEachOnce });
    const clock = createVirtualClock();
    const wallet = new Wallet(memberKey(lane), mempool.provider);
    const options = { clock, resendMilliseconds: RESEND_MILLISECONDS };
    return { mempool, clock, wallet, sender: createTransactionSender(mempool.provider, wallet, options) };
  });
  const payloads = Array.from({ length: submissions }, (_, i) => digest(`${seed}/${i}`));
  let stuck = 0;
  let longest = 0;
  await inLanes(payloads, LANES, async (payload, n) => {
    const lane = lanes[n] as (typeof lanes)[number];
    const before = lane.clock.now();
    if ((await submit({ ...lane, payload })) === false) stuck += 1;
    longest = Math.max(longest, lane.clock.now() - before);
  });
  const counts = payloads.map((payload) => Math.max(...lanes.map(({ mempool }) => mempool.recorded.get(payload) ?? 0)));
  for (const { mempool } of lanes) mempool.provider.destroy();
  const fates = new Map<string, number>();
  for (const { mempool } of lanes) {
    for (const [fate, count] of mempool.fates) fates.set(fate, (fates.get(fate) ?? 0) + count);
  }
  return {
    stuck,
    missing: counts.filter((count) => count === 0).length,
    twice: counts.filter((count) => count > 1).length,
    fates,
    longestSeconds: Math.round(longest / 1000),
  };
}
