import { ConsiliumError, isConsiliumError } from '../../base/errors.ts';

/** A request that the chain refuses, with what JSON-RPC says about it. */
export class ChainRequestError extends ConsiliumError<'ledger/request-refused'> {
  /** JSON-RPC error code; 3 for a reverted call, as in go-ethereum. */
  readonly rpcCode: number;
  /** What a reverted call returned, so that the client can decode it. */
  readonly revertData: string | undefined;

  constructor(message: string, rpcCode: number, options: { revertData?: string; cause?: unknown } = {}) {
    super('ledger/request-refused', message, { details: { rpcCode, ...options }, cause: options.cause });
    this.rpcCode = rpcCode;
    this.revertData = options.revertData;
  }
}

const REVERTED = 3;
const SERVER_ERROR = -32000;
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;

export function methodNotAllowed(method: string): ChainRequestError {
  return new ChainRequestError(`the method ${method} is not available`, METHOD_NOT_FOUND);
}

export function invalidParams(message: string): ChainRequestError {
  return new ChainRequestError(message, INVALID_PARAMS);
}

/** Turns what the EVM threw into what a client may see: code, message, revert data, but nothing about this machine. */
export function chainRequestError(thrown: unknown): ConsiliumError {
  if (isConsiliumError(thrown)) return thrown;
  const { code, data, message } = thrown as { code?: unknown; data?: unknown; message?: unknown };
  if (code === REVERTED && typeof data === 'string') {
    return new ChainRequestError('execution reverted', REVERTED, { revertData: data, cause: thrown });
  }
  return new ChainRequestError(
    typeof message === 'string' ? message : 'the chain refused the request',
    typeof code === 'number' ? code : SERVER_ERROR,
    { cause: thrown },
  );
}
