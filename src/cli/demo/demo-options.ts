import { AGGREGATION_RULES, type AggregationTerms } from '../../protocol/aggregation-terms.ts';
import type { Codec } from '../../protocol/segment-codec.ts';
import type { SubgroupTerms } from '../../protocol/site-figures.ts';
import type { ValuationMethod } from '../../protocol/valuation-terms.ts';
import { type CommandSpec, number, type OptionValues, usageError, wholeNumber } from '../command-line.ts';
import { readSubgroups, SUBGROUPS_OPTION } from '../read-subgroups.ts';
import { readValuation, VALUATION_OPTION } from '../read-valuation.ts';

export interface DemoOptions {
  /** Null for five, or the hospitals whose tables lie in a folder. */
  readonly peers: number | null;
  /** Null for the data set's default. */
  readonly rounds: number | null;
  readonly dataset: string;
  readonly alpha: number;
  readonly segments: number;
  /** Null for all others up to eight peers, four beyond. */
  readonly pulls: number | null;
  /** How updates are written. */
  readonly codec: Codec['name'];
  /** How contributions are mixed; null for what is recommended. */
  readonly rule: AggregationTerms['rule'] | null;
  /** How contributions are scored. */
  readonly valuation: ValuationMethod;
  /** Groups that members tell figures of. */
  readonly subgroups?: SubgroupTerms;
  /** Privacy budget of each record; null for no noise. */
  readonly epsilon: number | null;
  readonly delta: number;
  readonly seed: number;
  /** Null for a new folder below `runs/`. */
  readonly out: string | null;
  readonly json: boolean;
  readonly tamper: boolean;
  /** Number of the peer to kill, from 1; null for none. */
  readonly kill: number | null;
  /** Whether the chain goes away for several rounds and comes back. */
  readonly chainOutage: boolean;
  /** Whether pages are told of while the run goes on, and the auditor's is served when it is over. */
  readonly serve: boolean;
}

export const MOST_PEERS = 16;
/** What the ledger's fields can hold, in millionths and in 10⁻¹². */
const MOST_EPSILON = 4_000;
const [LEAST_DELTA, MOST_DELTA] = [1e-12, 1e-3];

export const DEMO_SPEC: CommandSpec = {
  usage: 'consilium demo [options]',
  summary:
    'Runs a whole study on this machine: a chain, one process a hospital with its own data and key, rounds of local training and\n' +
    'segment gossip, records on the ledger, and an audit at the end. Exit code 0 only if the audit has no finding, 3 if it has.',
  options: {
    peers: { type: 'string', value: '<2…16>', help: 'number of peers; by default 5, or the hospitals of a folder' },
    rounds: { type: 'string', value: '<n>', help: 'training rounds; by default what suits the data set' },
    dataset: {
      type: 'string',
      value: '<name|file>',
      help: 'wdbc, digits, an NPZ file in MedMNIST layout, or a folder with a CSV of each hospital',
      default: 'wdbc',
    },
    alpha: {
      type: 'string',
      value: '<number>',
      help: 'label skew (Dirichlet); smaller is more skewed, inf is none',
      default: '0.3',
    },
    segments: { type: 'string', value: '<n>', help: 'segments that a model is cut into', default: '8' },
    pulls: {
      type: 'string',
      value: '<n>',
      help: 'peers that a segment is pulled from; by default all up to 8 peers, else 4',
    },
    codec: {
      type: 'string',
      value: '<name>',
      help: 'how updates are written: float32, float16, int8 or top-k',
      default: 'float32',
    },
    rule: {
      type: 'string',
      value: '<name>',
      help: `how contributions are mixed: ${AGGREGATION_RULES.join(', ')}; by default screened-mean, among fewer than five clipped-mean`,
    },
    valuation: VALUATION_OPTION,
    subgroups: SUBGROUPS_OPTION,
    epsilon: {
      type: 'string',
      value: '<n>',
      help: 'train with differential privacy: ε of a record over the whole study',
    },
    delta: { type: 'string', value: '<n>', help: 'δ at which ε is stated', default: '1e-5' },
    seed: { type: 'string', value: '<n>', help: 'seed of split, initial model and training', default: '1' },
    out: {
      type: 'string',
      value: '<folder>',
      help: 'an empty or new folder for the results, instead of one below runs/',
    },
    tamper: { type: 'boolean', help: 'flip one bit in a copy of the evidence; the audit must find it (exit code 3)' },
    kill: { type: 'string', value: '<n>', help: 'kill the process of peer n (from 1) in the middle of the run' },
    'chain-outage': { type: 'boolean', help: 'kill the chain for several rounds, and start it again from its journal' },
    serve: {
      type: 'boolean',
      help: "tell the addresses of the members' pages, and when all is over serve the auditor's page until Ctrl-C",
    },
    json: { type: 'boolean', help: 'print one JSON event a line' },
  },
  examples: [
    'consilium demo',
    'consilium demo --dataset digits --peers 8 --alpha 1',
    'consilium demo --dataset digits --epsilon 8',
    'consilium demo --kill 2',
    'consilium demo --chain-outage',
    'consilium demo --tamper --json',
    'consilium demo --serve',
  ],
};

/** @throws ConsiliumError `cli/usage` */
export function readDemoOptions(values: OptionValues): DemoOptions {
  if (values.kill !== undefined && values['chain-outage'] === true) {
    throw usageError('--kill and --chain-outage are two demos; run one after the other');
  }
  const optional = (name: string, max: number, min = 1): number | null =>
    values[name] === undefined ? null : wholeNumber(values, name, { min, max });
  return {
    peers: optional('peers', MOST_PEERS, 2),
    rounds: optional('rounds', 1000),
    dataset: String(values.dataset),
    alpha: readAlpha(String(values.alpha)),
    segments: wholeNumber(values, 'segments', { min: 1, max: 512 }),
    pulls: optional('pulls', MOST_PEERS - 1),
    codec: readCodec(String(values.codec)),
    rule: values.rule === undefined ? null : readRule(String(values.rule)),
    valuation: readValuation(values),
    ...readSubgroups(values),
    ...readBudget(values),
    seed: wholeNumber(values, 'seed', { min: 0, max: 2 ** 31 }),
    out: typeof values.out === 'string' ? values.out : null,
    json: values.json === true,
    tamper: values.tamper === true,
    kill: optional('kill', MOST_PEERS),
    chainOutage: values['chain-outage'] === true,
    serve: values.serve === true,
  };
}

function readBudget(values: OptionValues): Pick<DemoOptions, 'epsilon' | 'delta'> {
  const epsilon = values.epsilon === undefined ? null : number(values, 'epsilon');
  const delta = number(values, 'delta');
  if (epsilon !== null && !(epsilon > 0 && epsilon <= MOST_EPSILON)) {
    throw usageError(`--epsilon ${epsilon}: give a number above 0, up to ${MOST_EPSILON}`);
  }
  if (!(delta >= LEAST_DELTA && delta <= MOST_DELTA)) {
    throw usageError(`--delta ${delta}: give a number from ${LEAST_DELTA} to ${MOST_DELTA}`);
  }
  return { epsilon, delta };
}

const CODEC_NAMES: readonly Codec['name'][] = ['float32', 'float16', 'int8', 'top-k'];

function readCodec(text: string): Codec['name'] {
  const name = CODEC_NAMES.find((each) => each === text);
  if (name !== undefined) return name;
  throw usageError(`--codec ${text}: give one of ${CODEC_NAMES.join(', ')}`);
}

function readAlpha(text: string): number {
  const alpha = /^inf(inity)?$/i.test(text) ? Number.POSITIVE_INFINITY : Number(text);
  if (/^[\d.]+(e-?\d+)?$|^inf(inity)?$/i.test(text) && alpha > 0 && alpha !== 0) return alpha;
  throw usageError(`--alpha ${text}: give a number above 0, or inf for no skew`);
}

function readRule(text: string): AggregationTerms['rule'] {
  const rule = AGGREGATION_RULES.find((name) => name === text);
  if (rule !== undefined) return rule;
  throw usageError(`--rule ${text}: give one of ${AGGREGATION_RULES.join(', ')}`);
}
