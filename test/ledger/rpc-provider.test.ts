import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { messageOf } from '../../src/base/errors.ts';
import { connectRpc } from '../../src/ledger/rpc-provider.ts';
import { startTestChain, type TestChain } from '../contracts/consortium.ts';
import { createFaultProxy, FAULTS, type Fault, type FaultProxy } from './faulty-node.ts';

const TIMEOUT = 300;

let chain: TestChain;
const proxies: FaultProxy[] = [];
beforeAll(async () => {
  chain = await startTestChain();
}, 60_000);
afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.stop();
});
afterAll(() => chain.stop());

async function proxied(fault: FaultProxy['fault'] = 'none'): Promise<FaultProxy> {
  const proxy = await createFaultProxy(chain.url);
  proxy.fault = fault;
  proxies.push(proxy);
  return proxy;
}

const down = expect.objectContaining({ code: 'ledger/unreachable' });

describe('one node', () => {
  test('that answers is used; the control', async () => {
    const { url } = await proxied();
    const provider = await connectRpc(url, { timeoutMilliseconds: TIMEOUT });
    expect((await provider.getNetwork()).chainId).toBe(BigInt(chain.chain.chainId));
    expect(await provider.getBlockNumber()).toBeGreaterThanOrEqual(0);
    provider.destroy();
  });

  test.each<Fault>([...FAULTS, 'flood'])('that does "%s" counts as down, at the start and later', async (fault) => {
    const proxy = await proxied(fault);
    await expect(connectRpc(proxy.url, { timeoutMilliseconds: TIMEOUT })).rejects.toThrow(down);
    proxy.fault = 'none';
    const provider = await connectRpc(proxy.url, { timeoutMilliseconds: TIMEOUT });
    proxy.fault = fault;
    await expect(provider.getBlockNumber()).rejects.toThrow(down);
    proxy.fault = 'none';
    expect(await provider.getBlockNumber()).toBeGreaterThanOrEqual(0); // it is asked again: there is no other
    provider.destroy();
  });

  test.each(['ftp://127.0.0.1/', '127.0.0.1:8545', 'http://user:hunter2@127.0.0.1:1'])(
    'cannot be at %s',
    async (url) => {
      const failure = await connectRpc(url).then(
        () => null,
        (thrown: Error) => thrown,
      );
      expect(failure).toEqual(down);
      expect(failure?.message).not.toContain('hunter2');
    },
  );

  test('that is not of the chain that is expected is refused, with both numbers', async () => {
    const { url } = await proxied();
    const refused = { code: 'ledger/wrong-chain', details: { url, found: chain.chain.chainId, expected: 1 } };
    await expect(connectRpc(url, { expectedChainId: 1 })).rejects.toThrow(expect.objectContaining(refused));
    (await connectRpc(url, { expectedChainId: chain.chain.chainId })).destroy(); // the control
  });

  test('whose chain says no is not down', async () => {
    const { url } = await proxied();
    const provider = await connectRpc(url, { timeoutMilliseconds: TIMEOUT });
    await expect(provider.send('evm_revert', [])).rejects.not.toThrow(down);
    expect(await provider.getBlockNumber()).toBeGreaterThanOrEqual(0);
    provider.destroy();
  });

  test('that is of another chain by the time it comes back is refused', async () => {
    const proxy = await proxied();
    const provider = await connectRpc(proxy.url, { timeoutMilliseconds: TIMEOUT });
    proxy.fault = 'refuse';
    await expect(provider.getBlockNumber()).rejects.toThrow(down);
    proxy.fault = (method) => (method === 'eth_chainId' ? 'other-chain' : 'none');
    await expect(provider.getBlockNumber()).rejects.toThrow(expect.objectContaining({ code: 'ledger/wrong-chain' }));
    provider.destroy();
  });
});

describe('several nodes', () => {
  const connect = (nodes: readonly FaultProxy[], clock?: Clock) =>
    connectRpc(
      nodes.map(({ url }) => url),
      { timeoutMilliseconds: TIMEOUT, ...(clock === undefined ? {} : { clock }) },
    );

  test.each<Fault>(['refuse', 'hang', 'truncate', 'http-429'])(
    'the next one answers for one that does "%s"',
    async (fault) => {
      const [first, second] = [await proxied(fault), await proxied()];
      const provider = await connect([first, second]);
      expect(await provider.getBlockNumber()).toBeGreaterThanOrEqual(0);
      const asked = first.requests();
      await provider.getBlockNumber();
      expect(first.requests()).toBe(asked); // who was down is left alone for a while
      provider.destroy();
    },
  );

  test('who was down is asked again after its rest, which doubles', async () => {
    let time = 0;
    const clock: Clock = { now: () => time, wait: async () => {} };
    const [first, second] = [await proxied('refuse'), await proxied()];
    const provider = await connect([first, second], clock);
    second.fault = 'refuse'; // now both are down
    await expect(provider.getBlockNumber()).rejects.toThrow(down);
    first.fault = 'none';
    time = 10_000;
    expect(await provider.getBlockNumber()).toBeGreaterThanOrEqual(0);
    const asked = second.requests();
    time = 20_000;
    await provider.getBlockNumber(); // the one that answered last is asked first
    expect(second.requests()).toBe(asked);
    provider.destroy();
  });

  test('one that rests is asked all the same when the other one fails', async () => {
    const [first, second] = [await proxied('refuse'), await proxied()];
    const provider = await connect([first, second], { now: () => 0, wait: async () => {} });
    first.fault = 'none';
    second.fault = 'refuse';
    expect(await provider.getBlockNumber()).toBeGreaterThanOrEqual(0);
    provider.destroy();
  });

  test('many requests that fail together make one rest, not a long one', async () => {
    let time = 0;
    const nodes = [await proxied(), await proxied(), await proxied()] as const;
    const [first, second, third] = nodes;
    const provider = await connect(nodes, { now: () => time, wait: async () => {} });
    first.fault = 'refuse';
    await Promise.all(Array.from({ length: 8 }, () => provider.getBlockNumber()));
    second.fault = 'refuse';
    await provider.getBlockNumber();
    first.fault = 'none';
    second.fault = 'none';
    third.fault = 'refuse';
    time = 1_000; // both have rested for a second
    const asked = second.requests();
    await provider.getBlockNumber(); // the first one comes before the second one, unless it rests longer
    expect(second.requests()).toBe(asked);
    provider.destroy();
  });

  test('one of another chain never answers for ours', async () => {
    const [stranger, ours] = [await proxied(), await proxied()];
    const provider = await connect([ours, stranger]);
    stranger.fault = (method) => (method === 'eth_chainId' ? 'other-chain' : 'none');
    ours.fault = 'refuse';
    await expect(provider.getBlockNumber()).rejects.toThrow(expect.objectContaining({ code: 'ledger/wrong-chain' }));
    provider.destroy();
  });

  test('that are all down are named with their reasons', async () => {
    const nodes = [await proxied('http-500'), await proxied('html')];
    const failure = await connect(nodes).then(String, messageOf);
    for (const { url } of nodes) expect(failure).toContain(url);
    expect(failure).toContain('500');
  });
});
