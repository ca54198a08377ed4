import { Interface } from 'ethers';
import type { SeededRandom } from '../../src/base/seeded-random.ts';
import { LEDGER_ABI } from '../../src/ledger/bindings.ts';
import type { RawLog } from './recorded-node.ts';

/** A node's answer, and what must be found out about it. */
export interface Mutation {
  readonly kind: string;
  readonly logs: RawLog[];
  /** The first sequence number that is wrong; null if the answer says the same as before. */
  readonly firstWrong: number | null;
}

const contractInterface = new Interface(LEDGER_ABI);

/** One of the lies that a node can tell with its logs. */
export function mutateLogs(logs: readonly RawLog[], random: SeededRandom): Mutation {
  const lies = [omit, omitTail, duplicate, forge, flipData, flipData, flipData, flipTopic, swapField, misplace, cut];
  const lie = lies[random.integer(lies.length)] ?? omit;
  return { kind: lie.name, ...lie(structuredClone([...logs]), random) };
}

/** Another order of the same logs, which says nothing else: each names its place. */
export function reorderLogs(logs: readonly RawLog[], random: SeededRandom): Mutation {
  return { kind: 'reorder', logs: random.shuffle(structuredClone([...logs])), firstWrong: null };
}

type Lie = (logs: RawLog[], random: SeededRandom) => Omit<Mutation, 'kind'>;

const omit: Lie = (logs, random) => {
  const at = random.integer(logs.length);
  return { logs: logs.toSpliced(at, 1), firstWrong: at };
};

const omitTail: Lie = (logs, random) => {
  const at = random.integer(logs.length);
  return { logs: logs.slice(0, at), firstWrong: at };
};

/** The same log once more, anywhere. */
const duplicate: Lie = (logs, random) => {
  const at = random.integer(logs.length);
  const copy = structuredClone(logs[at] as RawLog);
  return { logs: logs.toSpliced(random.integer(logs.length + 1), 0, copy), firstWrong: at + 1 };
};

/** One log says what another one says, but for its own place in the log. */
const forge: Lie = (logs, random) => {
  const at = random.integer(logs.length);
  const log = logs[at] as RawLog;
  // The last word but one that is not the sequence number: a word of a record or a head.
  const words = wordsOf(log).filter((word) => word !== sequenceWord(log));
  const word = words[random.integer(words.length)] ?? 0;
  log.data = withWord(log.data, word, BigInt(`0x${'ab'.repeat(32)}`));
  return { logs, firstWrong: at };
};

/** One bit of any data word. */
const flipData: Lie = (logs, random) => {
  const at = random.integer(logs.length);
  const log = logs[at] as RawLog;
  const word = random.integer(wordsOf(log).length);
  const bit = random.integer(256);
  const before = wordAt(log.data, word);
  const after = before ^ (1n << BigInt(bit));
  log.data = withWord(log.data, word, after);
  if (word !== sequenceWord(log)) return { logs, firstWrong: at };
  return { logs, firstWrong: misplacedAt(at, Number(BigInt.asUintN(32, after)), logs.length) };
};

/** One bit of a topic: what kind of event it is, of which study, or whose. */
const flipTopic: Lie = (logs, random) => {
  const at = random.integer(logs.length);
  const log = logs[at] as RawLog;
  const topic = random.integer(log.topics.length);
  const flipped = BigInt(log.topics[topic] ?? '0x') ^ (1n << BigInt(random.integer(256)));
  log.topics[topic] = `0x${flipped.toString(16).padStart(64, '0')}`;
  return { logs, firstWrong: at };
};

/** As if a reorganisation had removed it, or another contract had said it. */
const swapField: Lie = (logs, random) => {
  const at = random.integer(logs.length);
  const log = logs[at] as RawLog;
  if (random.integer(2) === 0) log.removed = true;
  else log.address = `0x${'ab'.repeat(20)}`;
  return { logs, firstWrong: at };
};

/** Two neighbours change their places and the numbers of their places. */
const misplace: Lie = (logs, random) => {
  const at = random.integer(logs.length - 1);
  const [first, second] = [logs[at] as RawLog, logs[at + 1] as RawLog];
  first.data = withWord(first.data, sequenceWord(first), BigInt(at + 1));
  second.data = withWord(second.data, sequenceWord(second), BigInt(at));
  return { logs, firstWrong: at };
};

/** The data ends early. */
const cut: Lie = (logs, random) => {
  const at = random.integer(logs.length);
  const log = logs[at] as RawLog;
  log.data = log.data.slice(0, 2 + 2 * random.integer((log.data.length - 2) / 2));
  return { logs, firstWrong: at };
};

/** Where a log shows that entry `at` claims to be entry `claimed`: at the gap or at the double, whichever is first. */
function misplacedAt(at: number, claimed: number, length: number): number | null {
  if (claimed === at) return null;
  return claimed > at || claimed >= length ? at : claimed + 1;
}

const WORD_DIGITS = 64;

function wordsOf(log: RawLog): number[] {
  return Array.from({ length: (log.data.length - 2) / WORD_DIGITS }, (_, word) => word);
}

/** The place of the sequence number among the data words; every argument before it takes one. */
function sequenceWord(log: RawLog): number {
  const event = contractInterface.getEvent(log.topics[0] ?? '');
  return event?.inputs.filter((input) => !input.indexed).findIndex((input) => input.name === 'sequence') ?? -1;
}

function wordAt(data: string, word: number): bigint {
  return BigInt(`0x${data.slice(2 + word * WORD_DIGITS, 2 + (word + 1) * WORD_DIGITS)}`);
}

function withWord(data: string, word: number, value: bigint): string {
  const start = 2 + word * WORD_DIGITS;
  return data.slice(0, start) + value.toString(16).padStart(WORD_DIGITS, '0') + data.slice(start + WORD_DIGITS);
}
