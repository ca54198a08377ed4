import { VALUATION_METHODS, type ValuationMethod } from '../protocol/valuation-terms.ts';
import { type OptionSpec, type OptionValues, usageError } from './command-line.ts';

export const VALUATION_OPTION = {
  type: 'string',
  value: '<method>',
  help: `how contributions are scored: ${VALUATION_METHODS.join(', ')}`,
  default: 'shapley',
} as const satisfies OptionSpec;

/** @throws ConsiliumError `cli/usage` */
export function readValuation({ valuation }: OptionValues): ValuationMethod {
  const method = VALUATION_METHODS.find((name) => name === valuation);
  if (method !== undefined) return method;
  throw usageError(`--valuation ${String(valuation)}: give one of ${VALUATION_METHODS.join(', ')}`);
}
