import { keccak256 } from './keccak.ts';

/** EIP-712 over the records of docs/PROTOCOL.md, S2 and S3, and the heads of L1. */

export type Fields = Readonly<Record<string, string | number | readonly string[] | readonly number[]>>;

const TYPES: Readonly<Record<string, string>> = {
  opened:
    'OpenStudy(bytes32 study,uint32 rounds,uint16 maximumMembers,uint32 stalenessBound,uint64 epsilonBudgetMicros,uint64 deltaBudgetPicos)',
  joined: 'Joined(bytes32 study,address member,uint8 position,uint32 firstRound,bytes32 dataCommitment)',
  contribution:
    'Contribution(bytes32 study,uint32 round,address member,bytes32 base,bytes32 recipe,bytes32 update,uint32 samples,uint64 epsilonMicros,bytes32 metrics,bytes32 scoreCommitment)',
  valuation: 'Valuation(bytes32 study,uint32 round,address evaluator,bytes32[] scores,bytes32 salt)',
  withdrawn: 'Withdrawn(bytes32 study,address member,uint32 endRound)',
  closed: 'Closed(bytes32 study)',
  excluded: 'Excluded(bytes32 study,address member,uint32 endRound)',
  equivocated: 'Equivocated(bytes32 study,uint32 round,address member,bytes32 first,bytes32 second)',
  checkpointed: 'Checkpointed(bytes32 study,uint32 round,bytes32 signedHead,uint64 signers)',
  checkpoint: 'Checkpoint(bytes32 study,uint32 round,bytes32 head)',
};
const KINDS = [
  'opened',
  'joined',
  'contribution',
  'valuation',
  'withdrawn',
  'closed',
  'excluded',
  'equivocated',
  'checkpointed',
];

export const word = (value: number | bigint): Buffer =>
  Buffer.from(BigInt(value).toString(16).padStart(64, '0'), 'hex');
export const hex = (text: string): Buffer => Buffer.from(text.slice(2), 'hex');

export function structHash(kind: string, record: Fields): Buffer {
  const type = TYPES[kind];
  if (type === undefined) throw new Error(`there is no record of kind ${kind}`);
  const fields = type
    .slice(type.indexOf('(') + 1, -1)
    .split(',')
    .map((field) => field.split(' ') as [string, string]);
  return keccak256(
    Buffer.concat([keccak256(Buffer.from(type)), ...fields.map(([of, name]) => encode(of, record[name]))]),
  );
}

function encode(type: string, value: unknown): Buffer {
  if (type === 'bytes32[]') return keccak256(Buffer.concat((value as string[]).map(hex)));
  if (type === 'address') return Buffer.concat([Buffer.alloc(12), hex(value as string)]);
  if (type === 'bytes32') return hex(value as string);
  // Signers are a list of positions in a document, and bits in the hash.
  if (Array.isArray(value))
    return word((value as number[]).reduce((bits, position) => bits | (1n << BigInt(position)), 0n));
  const [number, bits] = [BigInt(value as number), BigInt(type.slice(4))];
  if (number < 0n || number >> bits !== 0n) throw new Error(`${number} is no ${type}`);
  return word(number);
}

export interface Ledger {
  readonly chainId: number;
  readonly contract: string;
}

/** What a member signs. */
export function signedDigest({ chainId, contract }: Ledger, hash: Buffer): Buffer {
  const type = 'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)';
  const names = [type, 'Consilium', '1'].map((text) => keccak256(Buffer.from(text)));
  const separator = keccak256(Buffer.concat([...names, word(chainId), Buffer.alloc(12), hex(contract)]));
  return keccak256(Buffer.concat([Buffer.from('1901', 'hex'), separator, hash]));
}

const packed = (hash: Buffer, isClosed: boolean, count: number): Buffer => {
  const tail = Buffer.alloc(5);
  tail[0] = isClosed ? 2 : 1;
  tail.writeUInt32BE(count, 1);
  return Buffer.concat([hash.subarray(0, 27), tail]);
};

export function firstHead({ chainId, contract }: Ledger, study: string): Buffer {
  return packed(keccak256(Buffer.concat([word(chainId), Buffer.alloc(12), hex(contract), hex(study)])), false, 0);
}

export function nextHead(head: Buffer, kind: string, hash: Buffer): Buffer {
  const count = head.readUInt32BE(28) + 1;
  return packed(keccak256(Buffer.concat([head, word(KINDS.indexOf(kind)), hash])), kind === 'closed', count);
}
