import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Transaction, type TransactionLike, Wallet } from 'ethers';
import type { Hex } from '../../src/base/bytes.ts';

/** What the request for a signature says, in JSON-RPC's words. */
export type SigningRequest = Record<string, string>;

/** A service that keeps one key and signs with it, in the dialect of one of the programs that hospitals run. */
export interface SigningService {
  readonly url: string;
  dialect: 'web3signer' | 'geth' | 'clef';
  /** Changes a transaction before it is signed. */
  tamper: (transaction: TransactionLike) => TransactionLike;
  /** The key that signs, whatever account is asked for. */
  key: Hex;
  /** Answers with this status instead; 0 never answers. */
  status: number;
  /** Returns this instead of a signed transaction. */
  result: unknown;
  /** Refuses with this error of JSON-RPC. */
  refusal: string | null;
  /** What it has been asked for, in order. */
  readonly asked: string[];
  stop(): Promise<void>;
}

export async function startSigningService(key: Hex): Promise<SigningService> {
  const server = createServer((request, response) => {
    respond(service, request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const service: SigningService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    dialect: 'web3signer',
    tamper: (transaction) => transaction,
    key,
    status: 200,
    result: undefined,
    refusal: null,
    asked: [],
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return service;
}

async function respond(service: SigningService, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString());
  service.asked.push(method);
  if (service.status === 0) return;
  const answer = JSON.stringify({ jsonrpc: '2.0', id, ...(await answerTo(service, method, params)) });
  response.writeHead(service.status, { 'content-type': 'application/json' }).end(answer);
}

async function answerTo(service: SigningService, method: string, params: SigningRequest[]): Promise<object> {
  const { dialect } = service;
  const known = dialect === 'clef' ? ['account_signTransaction'] : ['eth_accounts', 'eth_signTransaction'];
  if (!known.includes(method)) return { error: { code: -32_601, message: `the method ${method} does not exist` } };
  const wallet = new Wallet(service.key);
  if (method === 'eth_accounts') return { result: [wallet.address.toLowerCase()] };
  if (service.refusal !== null) return { error: { code: -32_000, message: service.refusal } };
  if (service.result !== undefined) return { result: service.result };
  const raw = await wallet.signTransaction(service.tamper(transactionOf(params[0] ?? {})));
  return { result: dialect === 'web3signer' ? raw : { raw, tx: Transaction.from(raw).toJSON() } };
}

function transactionOf(request: SigningRequest): TransactionLike {
  const { to = null, data = '0x', value = 0, chainId = 0, gas = 0, gasPrice = null } = request;
  const { maxFeePerGas = null, maxPriorityFeePerGas = null, accessList = null } = request;
  const numbers = { type: Number(request.type), nonce: Number(request.nonce), gasLimit: gas, value, chainId };
  return { ...numbers, to, data, gasPrice, maxFeePerGas, maxPriorityFeePerGas, accessList: accessList as never };
}
