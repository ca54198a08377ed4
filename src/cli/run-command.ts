import { ConsiliumError, messageOf } from '../base/errors.ts';
import { type CommandSpec, helpText, type OptionValues, parseCommandLine } from './command-line.ts';
import { watchOutput } from './watch-output.ts';

/** The command did what it was asked to. */
export const EXIT_OK = 0;
/** Something failed on the way. */
export const EXIT_FAILURE = 1;
/** The input was wrong: options, files, addresses. */
export const EXIT_USAGE = 2;
/** The audit has findings. */
export const EXIT_FINDINGS = 3;

export interface Command {
  readonly spec: CommandSpec;
  /** @returns the exit code */
  run(values: OptionValues, positionals: readonly string[], signal: AbortSignal): Promise<number>;
}

/** Errors that the user's input caused; all others are the world's or ours. */
const INPUT_ERRORS = new Set([
  'cli/usage',
  'ledger/unreachable',
  'ledger/not-our-contract',
  'ledger/wrong-chain',
  'ledger/deployment-invalid',
  'ledger/signer-unavailable',
  'ledger/signer-lied',
  'ledger/unknown-study',
  'ledger/keystore-unreadable',
  'ledger/port-in-use',
  'ledger/directory-locked',
  'ledger/journal-damaged',
  'ledger/journal-mismatch',
  'ledger/reverted',
]);

const isInputError = (error: ConsiliumError): boolean =>
  error.code !== 'peer/left-behind' &&
  (INPUT_ERRORS.has(error.code) || /^(data|peer|protocol|audit|model|privacy)\//.test(error.code));

/**
 * Runs a command: help, errors as one line, signals, exit code.
 * @param unread aborts when nobody reads the output any more; stops the command as an interruption does
 */
export async function runCommand(command: Command, args: readonly string[], unread = watchOutput()): Promise<number> {
  const stopping = new AbortController();
  let interruptions = 0;
  const interrupt = (name: NodeJS.Signals): void => {
    interruptions += 1;
    if (interruptions > 1) process.exit(128 + (name === 'SIGINT' ? 2 : 15));
    stopping.abort(new ConsiliumError('cli/interrupted', `stopped by ${name}`));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const stop = (): void => stopping.abort(unread.reason);
  if (unread.aborted) stop();
  unread.addEventListener('abort', stop);
  // A process that was started by another one of ours stops when that one goes away.
  process.once('disconnect', () => stopping.abort(new ConsiliumError('cli/interrupted', 'the launcher is gone')));
  process.channel?.unref();
  try {
    const { values, positionals } = parseCommandLine(command.spec, args);
    if (values.help === true) {
      process.stdout.write(helpText(command.spec));
      return EXIT_OK;
    }
    return await command.run(values, positionals, stopping.signal);
  } catch (error) {
    if (stopping.signal.aborted) return 130;
    return report(error);
  }
}

function report(error: unknown): number {
  if (error instanceof ConsiliumError) {
    process.stderr.write(`${error.code}: ${error.message}\n`);
    return isInputError(error) ? EXIT_USAGE : EXIT_FAILURE;
  }
  process.stderr.write(`internal: ${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}\n`);
  return EXIT_FAILURE;
}
