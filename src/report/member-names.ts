import type { ReportData } from './report-data.ts';
import { shortenHex } from './shorten.ts';

/** Who stands behind an address. */
export interface NamedMember {
  readonly name: string;
  /** Place among the study's members, or after all of them for somebody who is none. */
  readonly position: number;
}

/** Looks members up by address; somebody unknown goes by a shortened address. */
export type MemberNames = (address: string) => NamedMember;

export function memberNames({ members }: Pick<ReportData, 'members'>): MemberNames {
  const byAddress = new Map(members.map(({ address, name }, position) => [address.toLowerCase(), { name, position }]));
  return (address) => byAddress.get(address.toLowerCase()) ?? { name: shortenHex(address), position: members.length };
}
