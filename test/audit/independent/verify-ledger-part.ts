import { decodeCbor } from './cbor.ts';
import { readCar } from './read-car.ts';
import { type Fields, firstHead, type Ledger, nextHead, signedDigest, structHash } from './record-hashes.ts';
import { recoverAddress } from './recover.ts';

/**
 * A second verifier of the ledger part of an evidence bundle, written from docs/EVIDENCE.md and docs/PROTOCOL.md. It has nothing in common with the one in
 * `src/`, not even a library; a test looks at its imports.
 */

export interface Fault {
  /** `log`, `record` or `checkpoint`. */
  readonly part: string;
  readonly what: string;
  readonly sequence?: number;
  readonly member?: string;
  readonly round?: number;
}

interface Entry {
  readonly kind: string;
  readonly sequence: number;
  readonly head: string;
  readonly record: Fields;
}

interface Signature {
  readonly r: string;
  readonly vs: string;
}

interface Root extends Ledger {
  readonly type: string;
  readonly study: string;
  readonly log: readonly { digest: string; items: number }[];
  readonly announcements: Root['log'];
  readonly checkpoints: Root['log'];
}

/** Signatures that were recovered before: recovery is slow here. */
export type Recovered = Map<string, string | null>;

/** @throws Error if the file is no bundle */
export function verifyLedgerPart(file: Buffer, recovered: Recovered = new Map()): Fault[] {
  const { root: name, blocks } = readCar(file);
  const root = decodeCbor(blocks.get(name) ?? Buffer.alloc(0)) as unknown as Root;
  if (root.type !== 'consilium/evidence/2') throw new Error(`evidence of type ${root.type}`);
  const list = <T>(which: 'log' | 'announcements' | 'checkpoints'): T[] =>
    root[which].flatMap(({ digest, items }) => {
      const chunk = decodeCbor(blocks.get(digest.slice(2)) ?? Buffer.alloc(0)) as unknown as T[];
      if (chunk.length !== items) throw new Error(`a chunk of ${which} has not ${items} items`);
      return chunk;
    });
  const signerOf = (hash: Buffer, signature: Signature): string | null => {
    const digest = signedDigest(root, hash);
    const key = `${digest.toString('hex')}${signature.r}${signature.vs}`;
    if (!recovered.has(key)) recovered.set(key, recoverAddress(digest, signature));
    return recovered.get(key) ?? null;
  };
  const log = list<Entry>('log');
  const parts = { root, log, signerOf };
  return [
    ...verifyLog(root, log),
    ...verifyRecords(parts, list('announcements')),
    ...verifyCheckpoints(parts, list('checkpoints')),
  ];
}

interface Parts {
  readonly root: Root;
  readonly log: readonly Entry[];
  signerOf(hash: Buffer, signature: Signature): string | null;
}

/** Sequence, heads, one record a member and round, and the commitments that valuations open. */
function verifyLog(root: Root, log: readonly Entry[]): Fault[] {
  const faults: Fault[] = [];
  let head = firstHead(root, root.study);
  const seen = new Set<string>();
  const commitments = new Map<string, unknown>();
  for (const [place, { kind, sequence, head: stated, record }] of log.entries()) {
    const hash = structHash(kind, record);
    const next = nextHead(head, kind, hash);
    if (sequence !== place || stated !== `0x${next.toString('hex')}` || record.study !== root.study) {
      faults.push({ part: 'log', what: 'head or sequence', sequence: place });
    }
    head = Buffer.from(stated.slice(2), 'hex');
    const member = String(record.member ?? record.evaluator);
    const about = { member, round: Number(record.round), sequence: place };
    if (kind === 'contribution') commitments.set(`${about.round - 1}/${member}`, record.scoreCommitment);
    if (kind === 'valuation' && commitments.get(`${about.round}/${member}`) !== `0x${hash.toString('hex')}`) {
      faults.push({ part: 'log', what: 'scores open no commitment', ...about });
    }
    if (kind !== 'contribution' && kind !== 'valuation') continue;
    if (seen.has(`${kind}/${about.round}/${member}`)) faults.push({ part: 'log', what: 'a second record', ...about });
    seen.add(`${kind}/${about.round}/${member}`);
  }
  return faults;
}

/** Each contribution has its signed record, in the order of the log; what follows was signed and not recorded. */
function verifyRecords(
  { log, signerOf }: Parts,
  announcements: readonly { record: Fields; signature: Signature }[],
): Fault[] {
  const faults: Fault[] = [];
  const recorded = log.filter(({ kind }) => kind === 'contribution');
  const byKey = new Map(announcements.map((each) => [`${each.record.round}/${each.record.member}`, each]));
  for (const { record } of recorded) {
    const place = { part: 'record', member: String(record.member), round: Number(record.round) };
    const signed = byKey.get(`${record.round}/${record.member}`);
    if (signed === undefined) faults.push({ ...place, what: 'no signed record' });
    else if (!structHash('contribution', signed.record).equals(structHash('contribution', record))) {
      faults.push({ ...place, what: 'another record than the log' });
    }
  }
  for (const [place, { record, signature }] of announcements.entries()) {
    const about = { part: 'record', member: String(record.member), round: Number(record.round) };
    if (signerOf(structHash('contribution', record), signature) !== record.member)
      faults.push({ ...about, what: 'signature' });
    const expected = recorded[place]?.record;
    if (expected !== undefined && (expected.member !== record.member || expected.round !== record.round)) {
      faults.push({ ...about, what: 'not in its place' });
    }
  }
  return faults;
}

/** A head that a participant signed is one that the log had. */
function verifyCheckpoints(
  { root, log, signerOf }: Parts,
  checkpoints: readonly { record: Fields; member: string; signature: Signature }[],
): Fault[] {
  const members = new Set(log.filter(({ kind }) => kind === 'joined').map(({ record }) => record.member));
  const first = `0x${firstHead(root, root.study).toString('hex')}`;
  let before = '';
  return checkpoints.flatMap(({ record, member, signature }): Fault[] => {
    const place = { part: 'checkpoint', member, round: Number(record.round) };
    const order = `${String(record.round).padStart(10, '0')}${member}${String(record.head)}`;
    const isInOrder = order > before;
    before = order;
    if (
      record.study !== root.study ||
      !members.has(member) ||
      signerOf(structHash('checkpoint', record), signature) !== member
    ) {
      return [{ ...place, what: 'signature' }];
    }
    const count = Number.parseInt(String(record.head).slice(-8), 16);
    const head = count === 0 ? first : log[count - 1]?.head;
    if (head !== record.head) return [{ ...place, what: 'another history', sequence: count - 1 }];
    return isInOrder ? [] : [{ ...place, what: 'not in its place' }];
  });
}
