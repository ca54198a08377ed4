import { AbiCoder, keccak256, type TypedDataDomain, TypedDataEncoder, type TypedDataField } from 'ethers';

const field = (type: string, name: string): TypedDataField => ({ type, name });

/** The records as EIP-712 types, written down once more: the second implementation that the contract is held to. */
export const TYPES = {
  OpenStudy: [
    field('bytes32', 'study'),
    field('uint32', 'rounds'),
    field('uint16', 'maximumMembers'),
    field('uint64', 'epsilonBudgetMicros'),
  ],
  Join: [
    field('bytes32', 'study'),
    field('address', 'member'),
    field('uint16', 'position'),
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
  Withdraw: [field('bytes32', 'study'), field('address', 'member')],
  Close: [field('bytes32', 'study')],
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

const KINDS: readonly RecordType[] = ['OpenStudy', 'Join', 'Contribution', 'Valuation', 'Withdraw', 'Close'];

export function initialHead(chainId: number, ledger: string, study: string): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode(['uint256', 'address', 'bytes32'], [chainId, ledger, study]));
}

export function nextHead(head: string, sequence: number, type: RecordType, record: object): string {
  const types = ['bytes32', 'uint64', 'uint8', 'bytes32'];
  const values = [head, sequence, KINDS.indexOf(type), structHash(type, record)];
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, values));
}
