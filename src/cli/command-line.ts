import { parseArgs } from 'node:util';
import type { Hex } from '../base/bytes.ts';
import { ConsiliumError, messageOf } from '../base/errors.ts';

/** One option as the user writes it, without the leading dashes. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** What stands for the value in the help, for instance `<file>`. */
  readonly value?: string;
  readonly help: string;
  readonly default?: string;
}

/** A command, so that its help and its parser cannot disagree. */
export interface CommandSpec {
  readonly usage: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly positionals?: boolean;
  readonly examples?: readonly string[];
}

export type OptionValues = Readonly<Record<string, string | boolean | undefined>>;

const HELP: OptionSpec = { type: 'boolean', help: 'show this help' };

/** @throws ConsiliumError `cli/usage` for an option that is unknown, repeated or lacks its value */
export function parseCommandLine(
  spec: CommandSpec,
  args: readonly string[],
): { values: OptionValues; positionals: string[] } {
  const options = Object.fromEntries(
    Object.entries({ ...spec.options, help: HELP }).map(([name, option]) => [
      name,
      { type: option.type, ...(option.default === undefined ? {} : { default: option.default }) },
    ]),
  );
  try {
    const parsed = parseArgs({
      args: [...args],
      options,
      strict: true,
      allowPositionals: spec.positionals ?? false,
      tokens: true,
    });
    const seen = new Set<string>();
    for (const token of parsed.tokens) {
      if (token.kind !== 'option') continue;
      if (seen.has(token.name)) throw new Error(`--${token.name} is given twice`);
      seen.add(token.name);
    }
    return { values: parsed.values, positionals: parsed.positionals };
  } catch (cause) {
    throw usageError(`${messageOf(cause).split('\n')[0]}; see '${spec.usage.split(' [')[0]} --help'`, cause);
  }
}

export function usageError(message: string, cause?: unknown): ConsiliumError {
  return new ConsiliumError('cli/usage', message, { cause });
}

/** An option that must be a whole number within bounds. @throws ConsiliumError `cli/usage` */
export function wholeNumber(values: OptionValues, name: string, bounds: { min: number; max: number }): number {
  const text = String(values[name]);
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < bounds.min || number > bounds.max) {
    throw usageError(`--${name} ${text}: give a whole number from ${bounds.min} to ${bounds.max}`);
  }
  return number;
}

/** An option that must be a decimal number. @throws ConsiliumError `cli/usage` */
export function number(values: OptionValues, name: string): number {
  const text = String(values[name]);
  const value = Number(text);
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) || !Number.isFinite(value)) {
    throw usageError(`--${name} ${text}: give a number, for instance 0.5 or 1e-5`);
  }
  return value;
}

/** An option that the command cannot do without. @throws ConsiliumError `cli/usage` */
export function required(values: OptionValues, name: string): string {
  const value = values[name];
  if (typeof value === 'string' && value !== '') return value;
  throw usageError(`--${name} is missing; see --help`);
}

/** True for an account or a contract: 0x and 40 hexadecimal digits, lower case. */
export function isAddress(text: string): text is Hex {
  return /^0x[0-9a-f]{40}$/.test(text);
}

/** An option that must be an address; capitals are taken for small letters. @throws ConsiliumError `cli/usage` */
export function address(values: OptionValues, name: string): Hex {
  const text = required(values, name).toLowerCase();
  if (isAddress(text)) return text;
  throw usageError(`--${name} ${text} is not an address: 0x and 40 hexadecimal digits`);
}

/** An option that holds one account or several with commas between, in lower case. @throws ConsiliumError `cli/usage` */
export function accountList(values: OptionValues, name: string): Hex[] {
  const accounts = required(values, name).toLowerCase().split(',');
  const odd = accounts.find((account) => !isAddress(account));
  if (odd !== undefined) throw usageError(`--${name} ${odd} is not an account: 0x and 40 hexadecimal digits`);
  return accounts as Hex[];
}

/** The text of `--help`. */
export function helpText(spec: CommandSpec): string {
  const rows = Object.entries({ ...spec.options, help: HELP }).map(([name, option]) => {
    const left = `  --${name}${option.type === 'string' ? ` ${option.value ?? '<value>'}` : ''}`;
    const fallback = option.default === undefined ? '' : ` (default ${option.default})`;
    return `${left.padEnd(30)} ${option.help}${fallback}`;
  });
  const examples = spec.examples === undefined ? [] : ['', 'Examples:', ...spec.examples.map((line) => `  ${line}`)];
  return [`Usage: ${spec.usage}`, '', spec.summary, '', 'Options:', ...rows, ...examples, ''].join('\n');
}
