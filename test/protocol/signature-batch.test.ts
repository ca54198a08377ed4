import { expect, test } from 'vitest';
import type { Hex } from '../../src/base/bytes.ts';
import { recoverSigner, type Signature, signDigest } from '../../src/protocol/signature.ts';
import { createSignatureBatch, type SignatureQuestion } from '../../src/protocol/signature-batch.ts';
import { digest, memberAccount, memberKey } from '../builders.ts';

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const toWord = (value: bigint): Hex => `0x${value.toString(16).padStart(64, '0')}`;
const flipParity = ({ r, vs }: Signature): Signature => ({ r, vs: toWord(BigInt(vs) ^ (1n << 255n)) });

function questions(): SignatureQuestion[] {
  const signed = Array.from({ length: 150 }, (_, i) => {
    const [account, message] = [memberAccount(1 + (i % 3)), digest(`message ${i}`)];
    return { account, digest: message, signature: signDigest(memberKey(1 + (i % 3)), message) };
  });
  return signed.flatMap((question, i): SignatureQuestion[] => {
    const { signature } = question;
    const wrong: SignatureQuestion[] = [
      { ...question, digest: digest(`other ${i}`) },
      { ...question, account: memberAccount(1 + ((i + 1) % 3)) },
      { ...question, signature: flipParity(signature) },
      { ...question, signature: { ...signature, r: toWord(0n) } },
      { ...question, signature: { ...signature, r: toWord(ORDER) } },
      { ...question, signature: { ...signature, r: toWord(BigInt(signature.r) ^ 1n) } },
      { ...question, signature: { ...signature, vs: toWord(0n) } },
      { ...question, signature: { ...signature, vs: toWord(BigInt(signature.vs) ^ 2n) } },
    ];
    const one = wrong[i % wrong.length];
    return one === undefined ? [question] : [question, one];
  });
}

test('signatures that are checked together are judged as one by one, good and bad ones', () => {
  const batch = createSignatureBatch();
  const asked = questions();
  const expected = asked.map(
    ({ account, digest: message, signature }) => recoverSigner(message, signature) === account,
  );
  expect(expected.filter((isGood) => isGood)).toHaveLength(150);
  for (let turn = 0; turn < 2; turn++) expect(batch.check(asked)).toEqual(expected); // before there are tables, and with them
});

test('sums in which equal points meet are left to the general way', () => {
  const batch = createSignatureBatch();
  const key = toWord(1n); // its public key is the generator, so both tables are one
  const [zero, signature] = [toWord(0n), signDigest(key, toWord(5n))];
  const account = recoverSigner(toWord(5n), signature) as Hex;
  const asked = [toWord(5n), zero, toWord(BigInt(signature.r))].map((message) => ({
    account,
    digest: message,
    signature: signDigest(key, message),
  }));
  for (let turn = 0; turn < 11; turn++) expect(batch.check(asked)).toEqual([true, true, true]);
  expect(batch.check(asked.map((each) => ({ ...each, digest: toWord(7n) })))).toEqual([false, false, false]);
  expect(batch.check(asked)).toEqual([true, true, true]);
});
