import { TypedDataEncoder } from 'ethers';
import type { Hex } from '../base/bytes.ts';

/** The entries of a study's log that are not signed records: how it opened, who joined, who left, how it closed. */
export interface OpenStudy {
  readonly study: Hex;
  readonly rounds: number;
  readonly maximumMembers: number;
  readonly epsilonBudgetMicros: number;
}

export interface Join {
  readonly study: Hex;
  readonly member: Hex;
  /** Order of joining, from 0; the place of the member's score in every valuation. */
  readonly position: number;
  /** Keyed commitment to the member's data set. */
  readonly dataCommitment: Hex;
}

const TYPES = {
  OpenStudy: [
    { name: 'study', type: 'bytes32' },
    { name: 'rounds', type: 'uint32' },
    { name: 'maximumMembers', type: 'uint16' },
    { name: 'epsilonBudgetMicros', type: 'uint64' },
  ],
  Join: [
    { name: 'study', type: 'bytes32' },
    { name: 'member', type: 'address' },
    { name: 'position', type: 'uint16' },
    { name: 'dataCommitment', type: 'bytes32' },
  ],
  Withdraw: [
    { name: 'study', type: 'bytes32' },
    { name: 'member', type: 'address' },
  ],
  Close: [{ name: 'study', type: 'bytes32' }],
};

function hashAs(type: keyof typeof TYPES, value: object): Hex {
  return TypedDataEncoder.hashStruct(type, { [type]: TYPES[type] }, value) as Hex;
}

export const hashOpenStudy = (entry: OpenStudy): Hex => hashAs('OpenStudy', entry);
export const hashJoin = (entry: Join): Hex => hashAs('Join', entry);
export const hashWithdraw = (entry: { study: Hex; member: Hex }): Hex => hashAs('Withdraw', entry);
export const hashClose = (entry: { study: Hex }): Hex => hashAs('Close', entry);
