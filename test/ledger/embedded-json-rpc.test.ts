import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { ContractFactory, JsonRpcProvider } from 'ethers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MEMBERSHIP_ABI, MEMBERSHIP_BYTECODE, membershipAt } from '../../src/ledger/bindings.ts';
import { openEmbeddedChain } from '../../src/ledger/embedded/embedded-chain.ts';
import { startJsonRpcServer } from '../../src/ledger/embedded/json-rpc-server.ts';
import { providerFor, startTestChain, type TestChain } from '../contracts/consortium.ts';

const GOVERNANCE = { weightShareCapMicros: 500_000, quorumMicros: 500_000 };

let testChain: TestChain;

beforeAll(async () => {
  testChain = await startTestChain();
}, 30_000);

afterAll(() => testChain.stop());

interface Answer {
  readonly status: number;
  readonly body: string;
}

interface PostOptions {
  readonly headers?: Record<string, string>;
  readonly method?: string;
  readonly agent?: Agent;
  readonly port?: number;
}

/** Sends exactly these bytes and headers, which `fetch` would not. */
function post(body: string | Buffer, { headers, method = 'POST', agent, port }: PostOptions = {}): Promise<Answer> {
  const target = { host: '127.0.0.1', port: port ?? new URL(testChain.url).port, method, ...(agent && { agent }) };
  return new Promise((resolve, reject) => {
    const allHeaders = { 'content-type': 'application/json', ...headers };
    const request = httpRequest({ ...target, headers: allHeaders }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

interface Response {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly code: number };
}

async function rpc<T = Response>(message: unknown): Promise<T> {
  return JSON.parse((await post(JSON.stringify(message))).body);
}

const call = (method: string, params: readonly unknown[] = [], id: unknown = 1) => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});

const REFUSED_METHODS = [
  'anvil_setBalance',
  'debug_traceTransaction',
  'eth_accounts',
  'eth_getFilterChanges',
  'eth_newFilter',
  'eth_sendTransaction',
  'eth_sign',
  'eth_signTypedData_v4',
  'eth_subscribe',
  'evm_increaseTime',
  'evm_mine',
  'evm_revert',
  'evm_setAutomine',
  'evm_setNextBlockTimestamp',
  'evm_snapshot',
  'hardhat_dropTransaction',
  'hardhat_impersonateAccount',
  'hardhat_mine',
  'hardhat_reset',
  'hardhat_setBalance',
  'hardhat_setCode',
  'hardhat_setNextBlockBaseFeePerGas',
  'hardhat_setNonce',
  'hardhat_setStorageAt',
  'personal_sign',
  'toString',
  '__proto__',
  'ETH_BLOCKNUMBER',
  ' eth_blockNumber',
  '',
];

test.each(REFUSED_METHODS)('the method "%s" is refused, alone and in a batch', async (method) => {
  const address = '0x1111111111111111111111111111111111111111';
  const params = [address, '0x1', '0x1'];
  const before = await rpc(call('eth_getBlockByNumber', ['latest', false]));
  expect((await rpc(call(method, params))).error?.code).toBe(-32601);
  const [first, refused, last] = await rpc<Response[]>([
    call('eth_chainId'),
    call(method, params, 2),
    call('eth_chainId', [], 3),
  ]);
  expect([first?.result, refused?.error?.code, last?.result]).toEqual(['0x4ee9', -32601, '0x4ee9']);
  expect(await rpc(call('eth_getBlockByNumber', ['latest', false]))).toEqual(before);
  expect((await rpc(call('eth_getBalance', [address, 'latest']))).result).toBe('0x0');
});

const ZERO_HASH = `0x${'00'.repeat(32)}`;
const ADDRESS = `0x${'11'.repeat(20)}`;

test.each([
  ['eth_blockNumber', []],
  ['eth_call', [{ to: ADDRESS }, 'latest']],
  ['eth_chainId', []],
  ['eth_estimateGas', [{ to: ADDRESS }]],
  ['eth_feeHistory', ['0x1', 'latest', []]],
  ['eth_gasPrice', []],
  ['eth_getBalance', [ADDRESS, 'latest']],
  ['eth_getBlockByHash', [ZERO_HASH, false]],
  ['eth_getBlockByNumber', ['latest', false]],
  ['eth_getCode', [ADDRESS, 'latest']],
  ['eth_getLogs', [{ fromBlock: '0x0' }]],
  ['eth_getStorageAt', [ADDRESS, '0x0', 'latest']],
  ['eth_getTransactionByHash', [ZERO_HASH]],
  ['eth_getTransactionCount', [ADDRESS, 'latest']],
  ['eth_getTransactionReceipt', [ZERO_HASH]],
  ['eth_maxPriorityFeePerGas', []],
  ['net_version', []],
  ['web3_clientVersion', []],
])('%s is answered', async (method, params) => {
  expect(await rpc(call(method, params))).toHaveProperty('result');
});

const DEEP = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;

test.each([
  ['no JSON', '{"jsonrpc":', -32700],
  ['an empty body', '', -32700],
  ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00]), -32700],
  ['a string', '"eth_chainId"', -32600],
  ['null', 'null', -32600],
  ['an empty batch', '[]', -32600],
  ['a batch of 101', JSON.stringify(Array.from({ length: 101 }, () => call('eth_chainId'))), -32600],
  ['another version', '{"jsonrpc":"1.0","id":1,"method":"eth_chainId"}', -32600],
  ['params by name', '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":{"a":1}}', -32600],
  ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"eth_chainId"}', -32600],
  ['a method that is a number', '{"jsonrpc":"2.0","id":1,"method":5}', -32600],
  ['a raw transaction that is none', JSON.stringify(call('eth_sendRawTransaction', ['0x1234'])), -32602],
  ['a raw transaction that is a number', JSON.stringify(call('eth_sendRawTransaction', [5])), -32602],
  ['an odd raw transaction', JSON.stringify(call('eth_sendRawTransaction', ['0x123'])), -32602],
  ['no raw transaction', JSON.stringify(call('eth_sendRawTransaction')), -32602],
  ['two raw transactions', JSON.stringify(call('eth_sendRawTransaction', ['0x12', '0x34'])), -32602],
  ['a block tag that is none', JSON.stringify(call('eth_getBlockByNumber', ['yesterday', false])), -32602],
])('%s is refused with its JSON-RPC code', async (_, body, code) => {
  const { status, body: text } = await post(body);
  expect([status, JSON.parse(text).error.code]).toEqual([200, code]);
});

test('deeply nested JSON is refused, and the server lives on', async () => {
  for (const body of [DEEP, `{"jsonrpc":"2.0","id":1,"method":"eth_call","params":${DEEP}}`]) {
    expect([JSON.parse((await post(body)).body)].flat()).toMatchObject([{ error: {} }]);
  }
  expect((await rpc(call('eth_chainId'))).result).toBe('0x4ee9');
});

test('a batch of 100 is answered in order', async () => {
  const answers = await rpc<Response[]>(Array.from({ length: 100 }, (_, id) => call('eth_blockNumber', [], id)));
  expect(answers.map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, id) => id));
});

test('a notification is not answered', async () => {
  expect(await post('{"jsonrpc":"2.0","method":"eth_chainId"}')).toEqual({ status: 204, body: '' });
});

test.each([
  ['GET', {}, 405],
  ['OPTIONS', {}, 405],
  ['POST', { 'content-type': 'text/plain' }, 415],
  ['POST', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
  ['POST', { 'content-type': 'application/json; charset=utf-8' }, 200],
  ['POST', { host: 'rebound.example:8545' }, 403],
  ['POST', { host: '127.0.0.1.rebound.example' }, 403],
  ['POST', { host: '10.0.0.1' }, 403],
  ['POST', { host: 'localhost:1' }, 200],
  ['POST', { host: 'LOCALHOST' }, 200],
  ['POST', { host: '[::1]:8545' }, 200],
  ['POST', { host: '127.0.0.9' }, 200],
])('%s with %j has status %i', async (method, headers, status) => {
  expect((await post(JSON.stringify(call('eth_chainId')), { method, headers })).status).toBe(status);
});

test('a body of more than 1 MiB is refused before it is read, or while it is', async () => {
  const padding = ' '.repeat(1024 * 1024);
  expect((await post(padding + JSON.stringify(call('eth_chainId')))).status).toBe(413);
  const chunked = post(padding + JSON.stringify(call('eth_chainId')), { headers: { 'transfer-encoding': 'chunked' } });
  expect((await chunked).status).toBe(413);
  const fits = JSON.stringify(call('eth_chainId'));
  expect((await post(fits + ' '.repeat(1024 * 1024 - fits.length))).status).toBe(200);
});

test('a port in use is refused with the remedy', async () => {
  const port = Number(new URL(testChain.url).port);
  await expect(startJsonRpcServer(testChain.chain, { port })).rejects.toMatchObject({
    code: 'ledger/port-in-use',
    details: { port },
  });
});

test('after stop the port is free again, and stopping twice is stopping once', async () => {
  const server = await startJsonRpcServer(testChain.chain);
  await Promise.all([server.stop(), server.stop()]);
  const again = await startJsonRpcServer(testChain.chain, { port: server.port });
  expect(again.port).toBe(server.port);
  await again.stop();
});

test('stop lets a request in progress finish, and closes its connection', async () => {
  const held = Promise.withResolvers<string>();
  const asked = Promise.withResolvers<void>();
  const request = (): Promise<string> => {
    asked.resolve();
    return held.promise;
  };
  const server = await startJsonRpcServer({ request });
  const agent = new Agent({ keepAlive: true });
  const answer = post(JSON.stringify(call('eth_blockNumber')), { agent, port: server.port });
  await asked.promise;
  const stopped = server.stop();
  held.resolve('0x7');
  expect(JSON.parse((await answer).body).result).toBe('0x7');
  const finished = performance.now();
  await stopped;
  expect(performance.now() - finished).toBeLessThan(1000);
  agent.destroy();
});

test('stop cuts off a client that never ends its request', async () => {
  const server = await startJsonRpcServer(testChain.chain);
  const socket = connect(server.port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{');
  await once(socket, 'connect');
  const closed = once(
    socket.on('error', () => undefined),
    'close',
  );
  await server.stop();
  expect(await closed).toBeDefined();
}, 10_000);

test('ethers deploys and calls from a key without funds, with its own gas price', async () => {
  const wallet = testChain.wallet();
  const contract = await new ContractFactory(MEMBERSHIP_ABI, MEMBERSHIP_BYTECODE, wallet).deploy(
    0,
    wallet.address,
    GOVERNANCE,
  );
  await contract.waitForDeployment();
  const membership = membershipAt(await contract.getAddress(), wallet);
  const sent = await membership.grantRole(await membership.ADMISSION_ROLE(), wallet);
  expect((await sent.wait())?.status).toBe(1);
  expect(sent.gasPrice).toBe(0n);
  await (await membership.admit(wallet, { gasPrice: 0 })).wait();
  expect(await membership.memberCount()).toBe(1n);
});

test('ethers decodes the custom error of a refused call', async () => {
  const wallet = testChain.wallet();
  const contract = await new ContractFactory(MEMBERSHIP_ABI, MEMBERSHIP_BYTECODE, wallet).deploy(
    0,
    wallet.address,
    GOVERNANCE,
  );
  const membership = membershipAt(await contract.getAddress(), wallet);
  await expect(membership.memberAt(7)).rejects.toMatchObject({ revert: { name: 'NoSuchIndex' } });
  await expect(membership.admit.staticCall(wallet)).rejects.toMatchObject({
    revert: { name: 'AccessControlUnauthorizedAccount' },
  });
  const sending = membership.admit(wallet).catch(({ data }: { data: string }) => membership.interface.parseError(data));
  await expect(sending).resolves.toMatchObject({ name: 'AccessControlUnauthorizedAccount' });
});

test('a reverted transaction is mined with status 0, as on any chain', async () => {
  const wallet = testChain.wallet();
  const contract = await new ContractFactory(MEMBERSHIP_ABI, MEMBERSHIP_BYTECODE, wallet).deploy(
    0,
    wallet.address,
    GOVERNANCE,
  );
  const membership = membershipAt(await contract.getAddress(), wallet);
  const sent = await membership.admit(wallet, { gasLimit: 200_000 });
  await expect(sent.wait()).rejects.toMatchObject({ code: 'CALL_EXCEPTION', receipt: { status: 0 } });
});

test('two clients with keys of their own write at the same time, and see each other', async () => {
  const clients = [testChain.url, testChain.url].map((url) => providerFor(url, testChain.chain.chainId));
  const before = testChain.chain.journaled;
  const receipts = await Promise.all(
    clients.map(async (provider) => {
      const wallet = testChain.wallet().connect(provider);
      const sent = [];
      for (let nonce = 0; nonce < 20; nonce++) {
        sent.push(await wallet.sendTransaction({ to: wallet.address, nonce, gasPrice: 0, gasLimit: 21_000 }));
      }
      return Promise.all(sent.map((each) => each.wait()));
    }),
  );
  const blocks = receipts.flat().map((receipt) => receipt?.blockNumber);
  expect(new Set(blocks).size).toBe(40);
  expect(testChain.chain.journaled).toBe(before + 40);
  const heads = await Promise.all(clients.map((provider) => provider.getBlock('latest')));
  expect(heads[0]?.hash).toBe(heads[1]?.hash);
  for (const provider of clients) provider.destroy();
});

test('a block more than half full does not raise the price for keys without funds', async () => {
  const wallet = testChain.wallet();
  // Reads memory at 1.6 MB, which costs five million gas at once: PUSH4 0x00187000 MLOAD POP STOP.
  const spender = await new ContractFactory([], '0x67630018700051500060005260086018f3', wallet).deploy();
  await spender.waitForDeployment();
  const sent = await wallet.sendTransaction({ to: await spender.getAddress(), gasPrice: 0, gasLimit: 9_000_000 });
  expect((await sent.wait())?.gasUsed).toBeGreaterThan(5_000_000n);
  const next = await wallet.sendTransaction({ to: wallet.address, gasPrice: 0, gasLimit: 21_000 });
  expect((await next.wait())?.status).toBe(1);
  expect((await testChain.provider.getBlock('latest'))?.baseFeePerGas).toBe(0n);
});

test('a chain that cannot write its journal is an internal error to clients, without a path', async () => {
  const chain = {
    request: () => openEmbeddedChain({ dataDirectory: '/dev/null/nowhere' }),
  };
  const server = await startJsonRpcServer(chain);
  const provider = new JsonRpcProvider(server.url, 1, { staticNetwork: true });
  const failure = await provider.send('eth_chainId', []).catch((error: unknown) => JSON.stringify(error));
  expect(failure).toContain('-32603');
  expect(failure).not.toContain('nowhere');
  provider.destroy();
  await server.stop();
});
