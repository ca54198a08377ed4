import { z } from 'zod';

export const JSON_RPC_ERRORS = {
  parseError: -32700,
  invalidRequest: -32600,
  internalError: -32603,
} as const;

const idSchema = z.union([z.string(), z.number(), z.null()]);

/** https://www.jsonrpc.org/specification, without parameters by name, which Ethereum's methods do not use. */
export const jsonRpcRequestSchema = z.object({
  jsonrpc: z.literal('2.0'),
  id: idSchema.optional(),
  method: z.string(),
  params: z.array(z.unknown()).optional(),
});

export type JsonRpcId = z.infer<typeof idSchema>;

export interface JsonRpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: string;
}

export type JsonRpcResponse = { readonly jsonrpc: '2.0'; readonly id: JsonRpcId } & (
  | { readonly result: unknown }
  | { readonly error: JsonRpcError }
);

export function successResponse(id: JsonRpcId, result: unknown): JsonRpcResponse {
  return { jsonrpc: '2.0', id, result };
}

export function errorResponse(id: JsonRpcId, error: JsonRpcError): JsonRpcResponse {
  return { jsonrpc: '2.0', id, error };
}
