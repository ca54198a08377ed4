import { type Hex, toHex } from '../../../src/base/bytes.ts';
import { createSeededRandom, type SeededRandom } from '../../../src/base/seeded-random.ts';
import { validateContribution } from '../../../src/gossip/validate-contribution.ts';
import { type Announcement, encodeAnnouncement } from '../../../src/protocol/announcement.ts';
import { hashContribution } from '../../../src/protocol/contribution.ts';
import type { LedgerDomain } from '../../../src/protocol/domain.ts';
import { contributionDigest, signDigest } from '../../../src/protocol/signature.ts';
import { announcement, DOMAIN, memberAccount, memberKey } from '../../builders.ts';
import { controlRow, type FaultRow } from '../fault-row.ts';
import { CONTEXT } from './frame-types.ts';

type Replay = (random: SeededRandom) => { said: Announcement; domain?: LedgerDomain; known?: Hex };

const randomHex = (random: SeededRandom, bytes: number): Hex =>
  toHex(Uint8Array.from({ length: bytes }, () => random.integer(256)));

/** A record that its member signed for another chain or contract. */
function signedFor(domain: LedgerDomain): Announcement {
  const { record, segments } = announcement(1, { round: 2 });
  return { record, segments, signature: signDigest(memberKey(1), contributionDigest(domain, record)) };
}

const changed =
  (fields: (random: SeededRandom) => Partial<Announcement['record']>): Replay =>
  (random) => {
    const said = announcement(1, { round: 2 });
    return { said: { ...said, record: { ...said.record, ...fields(random) } } };
  };

/** Each changes exactly one thing that a signature binds, and keeps the signature. */
const REPLAYS: Readonly<Record<string, Replay>> = {
  round: changed((random) => ({ round: [1, 3, 4][random.integer(3)] ?? 1 })),
  study: changed((random) => ({ study: randomHex(random, 32) })),
  member: changed(() => ({ member: memberAccount(2) })),
  base: changed((random) => ({ base: randomHex(random, 32) })),
  samples: changed((random) => ({ samples: 101 + random.integer(1_000_000) })),
  chain: (random) => ({ said: signedFor({ ...DOMAIN, chainId: 1 + random.integer(20_000) }) }),
  contract: (random) => ({ said: signedFor({ ...DOMAIN, contract: randomHex(random, 20) }) }),
  again: () => {
    const said = announcement(1, { round: 2 });
    return { said, known: hashContribution(said.record) };
  },
};

function accepted(replay: Replay, random: SeededRandom, times: number): number {
  let count = 0;
  for (let i = 0; i < times; i++) {
    const { said, known } = replay(random);
    const context = { ...CONTEXT, knownContribution: () => known };
    if (validateContribution(encodeAnnouncement(said), context).verdict.action === 'accept') count += 1;
  }
  return count;
}

/** Signed records used for something else than they were signed for. */
export function replays({ times, seed }: { times: number; seed: string }): FaultRow[] {
  const rows = Object.entries(REPLAYS).map(([kind, replay]): FaultRow => {
    const count = accepted(replay, createSeededRandom(seed, kind), times);
    return {
      name: `replays: another ${kind}`,
      target: `${times} replays: 0 accepted`,
      measured: `${count} accepted`,
      passed: count === 0,
      seed,
    };
  });
  // The control: the same records where they belong are accepted, and so the refusals are about what was changed.
  const home = accepted(() => ({ said: announcement(1, { round: 2 }) }), createSeededRandom(seed), 10);
  return [
    ...rows,
    controlRow({ name: 'replays: records where they belong', measured: `${home} of 10 accepted`, noticed: home, seed }),
  ];
}
