import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openBundleFile } from '../../src/audit/open-bundle-file.ts';
import { verifyLedger } from '../../src/audit/verify-ledger.ts';
import { decodeCbor } from './independent/cbor.ts';
import { readCar } from './independent/read-car.ts';
import { type Fields, firstHead, type Ledger, signedDigest, structHash } from './independent/record-hashes.ts';
import { verifyLedgerPart } from './independent/verify-ledger-part.ts';

const FIXTURE = fileURLToPath(new URL('fixtures/tiny.car', import.meta.url));
const DOCUMENT = fileURLToPath(new URL('../../docs/EVIDENCE.md', import.meta.url));

interface Root extends Ledger {
  readonly study: string;
  readonly log: readonly { readonly digest: string }[];
  readonly checkpoints: Root['log'];
}
type Entry = { readonly kind: string; readonly head: string; readonly record: Fields };

/** The example of the document, computed by the second implementation. */
function computeExample(file: Buffer): string[][] {
  const { root: name, blocks } = readCar(file);
  const read = (digest = ''): unknown => decodeCbor(blocks.get(digest.replace('0x', '')) ?? Buffer.alloc(0));
  const root = read(name) as Root;
  const log = read(root.log[0]?.digest) as Entry[];
  const [checkpoint] = read(root.checkpoints[0]?.digest) as { readonly record: Fields }[];
  const hashOf = (sequence: number): Buffer => structHash(log[sequence]?.kind ?? '', log[sequence]?.record ?? {});
  const headOf = (sequence: number): string => log[sequence]?.head.slice(2) ?? '';
  return [
    ['header, 59 bytes', file.toString('hex', 0, 59)],
    ['first section, 38 bytes before the root', file.toString('hex', 59, 97)],
    ['digest of the chunk of the log', root.log[0]?.digest.slice(2) ?? ''],
    ['head before the first entry', firstHead(root, root.study).toString('hex')],
    ['struct hash of entry 0, opened', hashOf(0).toString('hex')],
    ['head after entry 0', headOf(0)],
    ['struct hash of entry 2, contribution', hashOf(2).toString('hex')],
    ['head after entry 2', headOf(2)],
    ['what the member signed of entry 2', signedDigest(root, hashOf(2)).toString('hex')],
    ['struct hash of entry 4, valuation; commitment in entry 3', hashOf(4).toString('hex')],
    ['head after entry 4', headOf(4)],
    [
      'what the member signed of the head of round 0',
      signedDigest(root, structHash('checkpoint', checkpoint?.record ?? {})).toString('hex'),
    ],
  ];
}

test('the worked example of the format document is what the fixture says', () => {
  const rows = [...readFileSync(DOCUMENT, 'utf8').matchAll(/^\| ([^|]+?) +\| `([0-9a-f]{32,})` +\|$/gm)];
  expect(rows.map(([, what, value]) => [what, value])).toEqual(computeExample(readFileSync(FIXTURE)));
});

test('both verifiers accept the fixture, which was written by the version that set the format', async () => {
  const file = await openBundleFile(FIXTURE);
  const { findings, entries } = await verifyLedger(file).finally(() => void file.close());
  expect([findings, entries]).toEqual([[], 5]);
  expect(verifyLedgerPart(readFileSync(FIXTURE))).toEqual([]);
});
