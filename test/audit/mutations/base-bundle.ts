import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Evidence } from '../../../src/audit/evidence.ts';
import type { Place } from '../../../src/audit/finding.ts';
import { namedBlocks, nameOf } from '../../../src/audit/named-blocks.ts';
import { openBundleFile } from '../../../src/audit/open-bundle-file.ts';
import { inBundleOrder } from '../../../src/audit/record-order.ts';
import { writeBundle } from '../../../src/audit/write-bundle.ts';
import { checkpointDigest } from '../../../src/protocol/checkpoint.ts';
import { signDigest } from '../../../src/protocol/signature.ts';
import { DOMAIN, memberAccount, memberKey } from '../../builders.ts';
import { MEMBERS, ROUNDS, type SyntheticStudy, syntheticStudy } from '../synthetic-study.ts';
import type { BaseBundle } from './case.ts';

/** An honest study, each of whose members signed a head in each round and the last one as it left (docs/PROTOCOL.md, L14). */
export async function baseBundle(): Promise<BaseBundle> {
  const synthetic = await syntheticStudy();
  const study = { ...synthetic, evidence: withSignedHeads(synthetic.evidence) };
  const folder = await mkdtemp(join(tmpdir(), 'consilium-base-'));
  const path = join(folder, 'base.car');
  try {
    await writeBundle(path, study.evidence, study.manifest, async (digest) => study.blobs.get(digest) ?? null);
    const { scan, close } = await openBundleFile(path);
    await close();
    return { study, file: await readFile(path), sections: scan.sections, places: await placesOf(study) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function withSignedHeads(evidence: Evidence): Evidence {
  const { study, log } = evidence;
  const quorum = Math.ceil((2 / 3) * MEMBERS);
  const members = Array.from({ length: MEMBERS }, (_, i) => i + 1);
  const rounds = Array.from({ length: ROUNDS + 1 }, (_, round) => round);
  const checkpoints = rounds.flatMap((round) => {
    const ofRound = log.filter((entry) => entry.kind === 'contribution' && entry.record.round === round);
    const last = round === ROUNDS ? log.at(-1) : ofRound[quorum - 1];
    return members.map((n) => {
      const record = { study, round, head: last?.head ?? '0x' };
      return {
        record,
        member: memberAccount(n),
        signature: signDigest(memberKey(n), checkpointDigest(DOMAIN, record)),
      };
    });
  });
  return inBundleOrder({ ...evidence, checkpoints });
}

async function placesOf({ evidence }: SyntheticStudy): Promise<Map<string, Place[]>> {
  const places = new Map<string, Place[]>();
  for await (const block of namedBlocks(evidence))
    places.set(nameOf(block), [...(places.get(nameOf(block)) ?? []), block.place]);
  return places;
}
