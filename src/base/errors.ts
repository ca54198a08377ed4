/**
 * The one error class that everything thrown on purpose derives from. A message says what is wrong, with which values,
 * and what to do about it; the code is what programs and tests look at.
 */
export class ConsiliumError<Code extends string = string> extends Error {
  /** Literal, stable, `layer/what`, for instance `ledger/unreachable`. */
  readonly code: Code;
  /** Values that belong to the error, for logs and machines; never personal data. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: Code, message: string, options: { details?: Record<string, unknown>; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** True if `value` is one of our errors, with that code when one is given. */
export function isConsiliumError(value: unknown, code?: string): value is ConsiliumError {
  return value instanceof ConsiliumError && (code === undefined || value.code === code);
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
