/** Structured logging: an event's name and its values. Nothing that another peer sent goes in as free text. */
export interface Logger {
  debug(event: string, values?: Record<string, unknown>): void;
  info(event: string, values?: Record<string, unknown>): void;
  warn(event: string, values?: Record<string, unknown>): void;
  error(event: string, values?: Record<string, unknown>): void;
}

/** A logger that keeps nothing. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
