import { type SubgroupTerms, subgroupTermsSchema } from '../protocol/site-figures.ts';
import { type OptionSpec, type OptionValues, usageError } from './command-line.ts';

export const SUBGROUPS_OPTION = {
  type: 'string',
  value: '<list>',
  help: 'groups that members tell figures of: sex, and ages at which bands begin, for instance sex,40,65; none if left out',
} as const satisfies OptionSpec;

/** @returns nothing where the option is left out @throws ConsiliumError `cli/usage` */
export function readSubgroups({ subgroups }: OptionValues): { subgroups?: SubgroupTerms } {
  if (subgroups === undefined) return {};
  const names = String(subgroups).split(',');
  const ageBounds = names.filter((name) => name !== 'sex').map((name) => (/^\d{1,3}$/.test(name) ? Number(name) : -1));
  const parsed = subgroupTermsSchema.safeParse({ sex: names.includes('sex'), ageBounds });
  if (parsed.success) return { subgroups: parsed.data };
  throw usageError(`--subgroups ${subgroups}: give sex, ascending ages from 1 to 119, or both, for instance sex,40,65`);
}
