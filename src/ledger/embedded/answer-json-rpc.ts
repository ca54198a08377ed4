import { isConsiliumError } from '../../base/errors.ts';
import { ChainRequestError } from './chain-request-error.ts';
import type { EmbeddedChain } from './embedded-chain.ts';
import {
  errorResponse,
  JSON_RPC_ERRORS,
  type JsonRpcError,
  type JsonRpcResponse,
  jsonRpcRequestSchema,
  successResponse,
} from './json-rpc-message.ts';

/** As ethers sends at the most. */
const MAX_BATCH_REQUESTS = 100;

/** What a body is answered with; undefined when it holds nothing but notifications, which are not answered. */
export type JsonRpcAnswer = JsonRpcResponse | readonly JsonRpcResponse[] | undefined;

/** Answers the body of one HTTP request: a single JSON-RPC request or a batch, whose requests are done in order. */
export async function answerJsonRpc(chain: Pick<EmbeddedChain, 'request'>, body: string): Promise<JsonRpcAnswer> {
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    return errorResponse(null, { code: JSON_RPC_ERRORS.parseError, message: 'the body is not JSON' });
  }
  if (!Array.isArray(message)) return answerOne(chain, message);
  if (message.length === 0 || message.length > MAX_BATCH_REQUESTS) {
    return invalidRequest(`a batch holds 1 to ${MAX_BATCH_REQUESTS} requests, not ${message.length}`);
  }
  const responses: JsonRpcResponse[] = [];
  for (const each of message) {
    const response = await answerOne(chain, each);
    if (response !== undefined) responses.push(response);
  }
  return responses.length > 0 ? responses : undefined;
}

async function answerOne(
  chain: Pick<EmbeddedChain, 'request'>,
  message: unknown,
): Promise<JsonRpcResponse | undefined> {
  const parsed = jsonRpcRequestSchema.safeParse(message);
  if (!parsed.success) return invalidRequest('not a JSON-RPC 2.0 request with a method and a list of params');
  const { id, method, params } = parsed.data;
  const response = await chain.request(method, params).then(
    (result) => successResponse(id ?? null, result),
    (thrown: unknown) => errorResponse(id ?? null, rpcError(thrown)),
  );
  return id === undefined ? undefined : response;
}

function invalidRequest(message: string): JsonRpcResponse {
  return errorResponse(null, { code: JSON_RPC_ERRORS.invalidRequest, message });
}

function rpcError(thrown: unknown): JsonRpcError {
  if (thrown instanceof ChainRequestError) {
    const { message, rpcCode, revertData } = thrown;
    return { code: rpcCode, message, ...(revertData === undefined ? {} : { data: revertData }) };
  }
  // The code tells the operator; paths and causes stay on this side.
  const code = isConsiliumError(thrown) ? thrown.code : 'internal error';
  return { code: JSON_RPC_ERRORS.internalError, message: `the chain cannot answer (${code})` };
}
