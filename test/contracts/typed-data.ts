import {
  AbiCoder,
  type BaseWallet,
  concat,
  dataSlice,
  keccak256,
  Signature,
  type TypedDataDomain,
  TypedDataEncoder,
  type TypedDataField,
  toBeHex,
} from 'ethers';

const field = (type: string, name: string): TypedDataField => ({ type, name });

/** The records as EIP-712 types, written down once more: the second implementation that the contract is held to. */
export const TYPES = {
  OpenStudy: [
    field('bytes32', 'study'),
    field('uint32', 'rounds'),
    field('uint16', 'maximumMembers'),
    field('uint32', 'stalenessBound'),
    field('uint64', 'epsilonBudgetMicros'),
    field('uint64', 'deltaBudgetPicos'),
  ],
  Join: [
    field('bytes32', 'study'),
    field('address', 'member'),
    field('bytes32', 'dataCommitment'),
    field('uint64', 'deadline'),
  ],
  Joined: [
    field('bytes32', 'study'),
    field('address', 'member'),
    field('uint8', 'position'),
    field('uint32', 'firstRound'),
    field('bytes32', 'dataCommitment'),
  ],
  Contribution: [
    field('bytes32', 'study'),
    field('uint32', 'round'),
    field('address', 'member'),
    field('bytes32', 'base'),
    field('bytes32', 'recipe'),
    field('bytes32', 'update'),
    field('uint32', 'samples'),
    field('uint64', 'epsilonMicros'),
    field('bytes32', 'metrics'),
    field('bytes32', 'scoreCommitment'),
  ],
  Valuation: [
    field('bytes32', 'study'),
    field('uint32', 'round'),
    field('address', 'evaluator'),
    field('bytes32[]', 'scores'),
    field('bytes32', 'salt'),
  ],
  Checkpoint: [field('bytes32', 'study'), field('uint32', 'round'), field('bytes32', 'head')],
  Checkpointed: [
    field('bytes32', 'study'),
    field('uint32', 'round'),
    field('bytes32', 'signedHead'),
    field('uint64', 'signers'),
  ],
  Equivocated: [
    field('bytes32', 'study'),
    field('uint32', 'round'),
    field('address', 'member'),
    field('bytes32', 'first'),
    field('bytes32', 'second'),
  ],
  Withdrawn: [field('bytes32', 'study'), field('address', 'member'), field('uint32', 'endRound')],
  Excluded: [field('bytes32', 'study'), field('address', 'member'), field('uint32', 'endRound')],
  Closed: [field('bytes32', 'study')],
} as const satisfies Record<string, readonly TypedDataField[]>;

export type RecordType = keyof typeof TYPES;

export function typesOf(type: RecordType): Record<string, TypedDataField[]> {
  return { [type]: [...TYPES[type]] };
}

export function structHash(type: RecordType, record: object): string {
  return TypedDataEncoder.hashStruct(type, typesOf(type), record);
}

export function domainOf(chainId: number, ledger: string): TypedDataDomain {
  return { name: 'Consilium', version: '1', chainId, verifyingContract: ledger };
}

/** A compact signature, as the contract takes it. */
export async function sign(
  wallet: BaseWallet,
  domain: TypedDataDomain,
  type: RecordType,
  record: object,
): Promise<{ r: string; vs: string }> {
  const { r, yParityAndS: vs } = Signature.from(await wallet.signTypedData(domain, typesOf(type), record));
  return { r, vs };
}

const KINDS: readonly RecordType[] = [
  'OpenStudy',
  'Joined',
  'Contribution',
  'Valuation',
  'Withdrawn',
  'Closed',
  'Excluded',
  'Equivocated',
  'Checkpointed',
];

const hashOf = (types: readonly string[], values: readonly unknown[]): string =>
  keccak256(AbiCoder.defaultAbiCoder().encode(types, values));

/** 27 bytes of hash, one of state, four of count. */
function headWord(hash: string, state: number, count: number): string {
  return concat([dataSlice(hash, 0, 27), toBeHex(state, 1), toBeHex(count, 4)]);
}

export function initialHead(chainId: number, ledger: string, study: string): string {
  return headWord(hashOf(['uint256', 'address', 'bytes32'], [chainId, ledger, study]), 1, 0);
}

export function nextHead(head: string, type: RecordType, record: object): string {
  const hash = hashOf(['bytes32', 'uint8', 'bytes32'], [head, KINDS.indexOf(type), structHash(type, record)]);
  return headWord(hash, type === 'Closed' ? 2 : 1, Number(dataSlice(head, 28)) + 1);
}
