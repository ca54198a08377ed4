import { ContractFactory, Transaction, type TransactionLike } from 'ethers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { keySigner, toEthersSigner } from '../../src/ledger/account-signer.ts';
import { MEMBERSHIP_ABI, MEMBERSHIP_BYTECODE, membershipAt } from '../../src/ledger/bindings.ts';
import { externalSigner } from '../../src/ledger/external-signer.ts';
import { memberAccount, memberKey } from '../builders.ts';
import { startTestChain, type TestChain } from '../contracts/consortium.ts';
import { type SigningService, startSigningService } from './signing-service.ts';

const ACCOUNT = memberAccount(1);

let service: SigningService;
beforeEach(async () => {
  service = await startSigningService(memberKey(1));
});
afterEach(() => service.stop());

const signer = (options = {}) => externalSigner(service.url, ACCOUNT, options);

const BASE = { chainId: 20_201, nonce: 7, to: memberAccount(2), data: '0xc0ffee', value: 5, gasLimit: 90_000 };
const PRICED: TransactionLike = { ...BASE, type: 2, maxFeePerGas: 30, maxPriorityFeePerGas: 2 };
const FREE: TransactionLike = { ...BASE, type: 0, gasPrice: 0 };
const CREATION: TransactionLike = { ...PRICED, to: null, value: 0 };
const LISTED: TransactionLike = { ...PRICED, accessList: [{ address: memberAccount(3), storageKeys: [] }] };

const transaction = (fields: TransactionLike = PRICED) => Transaction.from(fields);
const unavailable = expect.objectContaining({ code: 'ledger/signer-unavailable' });
const lied = expect.objectContaining({ code: 'ledger/signer-lied' });

describe('an external signer', () => {
  test.each(['web3signer', 'geth', 'clef'] as const)(
    'that speaks as %s does signs what a key would',
    async (dialect) => {
      service.dialect = dialect;
      for (const fields of [PRICED, FREE, CREATION]) {
        const expected = await keySigner(memberKey(1)).signTransaction(transaction(fields));
        expect(await signer().signTransaction(transaction(fields))).toBe(expected);
      }
    },
  );

  test('signs access lists, if the service knows them', async () => {
    const raw = await signer().signTransaction(transaction(LISTED));
    expect(Transaction.from(raw).accessList).toHaveLength(1);
  });

  test('is asked once which accounts it has', async () => {
    const external = signer();
    await external.signTransaction(transaction());
    await external.signTransaction(transaction());
    expect(service.asked).toEqual(['eth_accounts', 'eth_signTransaction', 'eth_signTransaction']);
  });

  test('that holds another key is not asked to sign', async () => {
    service.key = memberKey(2);
    await expect(signer().signTransaction(transaction())).rejects.toThrow(unavailable);
    expect(service.asked).toEqual(['eth_accounts']);
    service.key = memberKey(1); // the control
    expect(await signer().signTransaction(transaction())).toMatch(/^0x02/);
  });

  test.each([401, 403, 404, 412, 500, 503, 302])(
    'that answers %i is unavailable, and works afterwards',
    async (status) => {
      const external = signer();
      service.status = status;
      await expect(external.signTransaction(transaction())).rejects.toThrow(unavailable);
      service.status = 200;
      expect(await external.signTransaction(transaction())).toMatch(/^0x02/);
    },
  );

  test.each(['ftp://127.0.0.1/', '127.0.0.1', 'http://user:hunter2@127.0.0.1:1'])('cannot be at %s', (url) => {
    expect(() => externalSigner(url, ACCOUNT)).toThrow(unavailable);
    expect(() => externalSigner(url, ACCOUNT)).not.toThrow('hunter2');
  });

  test('that hangs is given up', async () => {
    service.status = 0;
    await expect(signer({ timeoutMilliseconds: 100 }).signTransaction(transaction())).rejects.toThrow(unavailable);
  });

  test('that is not there is unavailable', async () => {
    const external = signer();
    await service.stop();
    await expect(external.signTransaction(transaction())).rejects.toThrow(unavailable);
    service = await startSigningService(memberKey(1));
  });

  test('whose owner says no is unavailable, and its words stay on one line', async () => {
    service.refusal = 'request\ndenied';
    const error = await signer()
      .signTransaction(transaction())
      .catch((thrown: Error) => thrown);
    expect(error).toEqual(unavailable);
    expect(String(error)).toContain('request denied');
  });
});

describe('what an external signer returns is refused', () => {
  test.each<[string, unknown]>([
    ['nothing', null],
    ['text', 'signed'],
    ['no hexadecimal', '0xzz'],
    ['a hash', `0x${'ab'.repeat(32)}`],
    ['an object without it', { tx: {} }],
    ['an unsigned transaction', transaction().unsignedSerialized],
  ])('if it is %s', async (_, result) => {
    service.result = result;
    await expect(signer().signTransaction(transaction())).rejects.toThrow(lied);
  });

  test.each<TransactionLike>([
    { to: memberAccount(3) },
    { to: null },
    { data: '0xc0ffef' },
    { nonce: 8 },
    { chainId: 1 },
    { value: 6 },
    { gasLimit: 90_001 },
    { maxFeePerGas: 31 },
    { maxPriorityFeePerGas: 1 },
    { accessList: [{ address: memberAccount(3), storageKeys: [] }] },
    { type: 0, gasPrice: 30, maxFeePerGas: null, maxPriorityFeePerGas: null },
  ])('if it differs from what was asked for (%o)', async (change) => {
    service.tamper = (asked) => ({ ...asked, ...change });
    const error = await signer()
      .signTransaction(transaction())
      .catch((thrown: Error) => thrown);
    expect(error).toEqual(lied);
    const [field = ''] = Object.keys(change);
    expect(String(error)).toContain(field === 'accessList' ? 'access list' : field);
  });

  test('if it lost its protection against replay on another chain', async () => {
    service.tamper = (asked) => ({ ...asked, chainId: 0 });
    await expect(signer().signTransaction(transaction(FREE))).rejects.toThrow(lied);
    service.tamper = (asked) => asked; // the control
    expect(Transaction.from(await signer().signTransaction(transaction(FREE))).chainId).toBe(20_201n);
  });

  test('if another key signed it', async () => {
    const external = signer();
    await external.signTransaction(transaction()); // the control
    service.key = memberKey(2);
    await expect(external.signTransaction(transaction())).rejects.toThrow(lied);
  });
});

describe('as a signer of ethers', () => {
  let chain: TestChain;
  beforeAll(async () => {
    chain = await startTestChain();
  });
  afterAll(() => chain.stop());

  test.each(['external', 'in memory'])('one that is %s deploys and calls contracts', async (kind) => {
    const account = kind === 'external' ? signer() : keySigner(memberKey(1));
    const runner = toEthersSigner(account, chain.provider);
    const governance = { weightShareCapMicros: 500_000, quorumMicros: 500_000 };
    const fees = { type: 0, gasPrice: 0 };
    const factory = new ContractFactory(MEMBERSHIP_ABI, MEMBERSHIP_BYTECODE, runner);
    const contract = await factory.deploy(0, account.account, governance, fees);
    await contract.waitForDeployment();
    const membership = membershipAt(await contract.getAddress(), runner);
    const granted = await membership.grantRole(await membership.ADMISSION_ROLE(), account.account, fees);
    await granted.wait();
    await (await membership.admit(memberAccount(2), fees)).wait();
    expect(await membership.isMember(memberAccount(2))).toBe(true);
  });

  test('what it was lied to about is never sent', async () => {
    const runner = toEthersSigner(signer(), chain.provider);
    const before = await runner.getNonce();
    service.tamper = (asked) => ({ ...asked, to: memberAccount(3) });
    const request = { to: memberAccount(2), type: 0, gasPrice: 0, gasLimit: 21_000 };
    await expect(runner.sendTransaction(request)).rejects.toThrow(lied);
    expect(await runner.getNonce()).toBe(before);
    service.tamper = (asked) => asked; // the control
    await (await runner.sendTransaction(request)).wait();
    expect(await runner.getNonce()).toBe(before + 1);
  });

  test('it signs for no other account, and nothing but transactions', async () => {
    const runner = toEthersSigner(signer());
    const request = { ...PRICED, from: memberAccount(2) };
    await expect(runner.signTransaction(request as never)).rejects.toThrow('another account');
    await expect(runner.signMessage('hello')).rejects.toThrow('transactions only');
    await expect(runner.signTypedData({}, {}, {})).rejects.toThrow('transactions only');
    expect(service.asked).toEqual([]);
  });
});
