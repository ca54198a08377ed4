import { systemClock } from '../../../src/base/clock.ts';
import { controlRow, type FaultRow } from '../fault-row.ts';
import { type LightFederation, type Links, startLightFederation } from './light-federation.ts';

const EPOCH_MILLISECONDS = 200;
const ROUNDS = 3;
/** Only bounds the test. */
const LONGEST_MILLISECONDS = 180_000;

interface Outcome {
  /** Contributions of honest members that another honest one does not know. */
  readonly missing: number;
  readonly said: number;
  readonly rounds: number;
}

/** A third of the members passes nothing on; the honest ones are connected in a ring, and to all of them. */
export async function droppers({ members, seed }: { members: number; seed: string }): Promise<FaultRow[]> {
  const count = Math.floor((members - 1) / 3);
  const isDropper = (place: number): boolean => place >= members - count;
  const honest = members - count;
  const ring: Links = (a, b) => {
    if (isDropper(a) || isDropper(b)) return true;
    const gap = Math.abs(a - b);
    return gap === 1 || gap === honest - 1;
  };
  const common = { members, seed, isDropper };
  const outcome = await runAmongDroppers({ ...common, links: ring, rounds: ROUNDS });
  // The control: two halves with nobody but droppers between them; one round that all have finished shows what is missing.
  const halves: Links = (a, b) => isDropper(a) || isDropper(b) || a < honest / 2 === b < honest / 2;
  const bridged = await runAmongDroppers({ ...common, links: halves, rounds: 1 });
  return [
    {
      name: 'droppers',
      target: `${count} of ${members} members pass nothing on: every honest contribution reaches every honest member`,
      measured: `${outcome.missing} of ${outcome.said} missing after ${outcome.rounds} rounds`,
      passed: outcome.missing === 0 && outcome.rounds >= ROUNDS,
      seed,
    },
    controlRow({
      name: 'droppers: as the only bridge',
      measured: `${bridged.missing} of ${bridged.said} missing`,
      noticed: bridged.missing,
      seed,
    }),
  ];
}

interface Setting {
  readonly members: number;
  readonly seed: string;
  readonly links: Links;
  /** How many rounds all honest members are to finish. */
  readonly rounds: number;
  isDropper(place: number): boolean;
}

async function runAmongDroppers({ members, seed, links, rounds, isDropper }: Setting): Promise<Outcome> {
  const federation = await startLightFederation({
    seed,
    members,
    links,
    epochMilliseconds: EPOCH_MILLISECONDS,
    weaknessOf: (place) => (isDropper(place) ? { dropsEverything: true } : {}),
    terms: { waiting: { quorum: 0.4, graceSeconds: 4, lostGraceSeconds: 1 } },
  });
  try {
    const honest = federation.peers.filter((_, place) => !isDropper(place));
    const deadline = systemClock.now() + LONGEST_MILLISECONDS;
    while (slowest(honest) < rounds && systemClock.now() < deadline) await systemClock.wait(200);
    // Whoever waits asks once a second: what is there to be had has come by then.
    let outcome = judge(honest);
    for (let look = 0; look < 20 && outcome.missing > 0; look++) {
      await systemClock.wait(500);
      outcome = judge(honest);
    }
    return outcome;
  } finally {
    await federation.stop();
  }
}

const slowest = (peers: LightFederation['peers']): number => Math.min(...peers.map((peer) => peer.round()));

/** What honest members said in rounds that all of them have finished. */
function judge(honest: LightFederation['peers']): Outcome {
  const rounds = slowest(honest);
  const accounts = honest.map(({ account }) => account);
  const said = honest.flatMap((peer) =>
    peer.store
      .announcements()
      .filter(({ record }) => record.member === peer.account && record.round < Math.min(rounds, ROUNDS))
      .map(({ record }) => record),
  );
  const missing = said.flatMap((record) =>
    honest.filter(
      (peer) => accounts.includes(peer.account) && peer.store.announcement(record.member, record.round) === null,
    ),
  );
  return { missing: missing.length, said: said.length, rounds };
}
