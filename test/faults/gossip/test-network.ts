import { type Hex, sha256, toHex } from '../../../src/base/bytes.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import type { Offence } from '../../../src/gossip/offences.ts';
import { createStudyNetwork, type StudyNetwork, type StudyNetworkOptions } from '../../../src/gossip/study-network.ts';
import { type Announcement, encodeAnnouncement } from '../../../src/protocol/announcement.ts';
import { hashContribution } from '../../../src/protocol/contribution.ts';
import { announcement, memberAccount, memberKey, STUDY } from '../../builders.ts';
import { eventually } from '../../eventually.ts';
import { CONTEXT } from './frame-types.ts';

/** An honest member's network, with what it has heard in memory. */
export interface HonestPeer {
  readonly n: number;
  readonly network: StudyNetwork;
  readonly heard: Map<Hex, Announcement>;
  readonly blobs: Map<Hex, Uint8Array>;
  readonly bans: [Hex, Offence][];
  stop(): Promise<void>;
}

export interface HonestOptions {
  /** How many offences are too many. */
  readonly banAtPoints?: number;
  readonly listen?: readonly string[];
  readonly relay?: StudyNetworkOptions['relay'];
  readonly mdns?: boolean;
  /** Another study than the usual one. */
  readonly study?: Hex;
}

export async function startHonest(
  n: number,
  members: readonly number[],
  bootstrap: readonly string[] = [],
  options: HonestOptions = {},
): Promise<HonestPeer> {
  const { banAtPoints, listen = ['/ip4/127.0.0.1/tcp/0'], relay, mdns = false, study = STUDY } = options;
  const admitted = new Set(members.map(memberAccount));
  const heard = new Map<Hex, Announcement>();
  const blobs = new Map<Hex, Uint8Array>();
  const bans: [Hex, Offence][] = [];
  const known = (member: Hex, round: number): Hex | undefined => {
    const one = [...heard.values()].find(({ record }) => record.member === member && record.round === round);
    return one && hashContribution(one.record);
  };
  const network = createStudyNetwork(
    {
      logger: silentLogger,
      // Rounds without end, so that one can be had for each measurement.
      context: {
        ...CONTEXT,
        study,
        rounds: 1_000_000,
        isParticipant: (account) => admitted.has(account),
        knownContribution: known,
      },
      blobs: { get: async (digest) => blobs.get(digest) ?? null },
      members: () => admitted,
      recordsOf: (round) => ({
        contributions: [...heard.values()].filter(({ record }) => record.round === round).map(encodeAnnouncement),
        reveals: [],
        checkpoints: [],
      }),
      onContribution: (said) => void heard.set(hashContribution(said.record), said),
      onEquivocation: () => {},
      onReveal: () => {},
      onCheckpoint: () => {},
      onMember: () => {},
      ...(banAtPoints === undefined ? {} : { banAtPoints }),
      onBan: (account, offence) => void bans.push([account, offence]),
    },
    { privateKey: memberKey(n), listen, bootstrap, mdns, ...(relay === undefined ? {} : { relay }) },
  );
  await network.start();
  const maintenance = setInterval(() => void network.maintain().catch(() => {}), 1_000);
  await network.maintain();
  return {
    n,
    network,
    heard,
    blobs,
    bans,
    async stop() {
      clearInterval(maintenance);
      await network.stop();
    },
  };
}

const SEGMENT_BYTES = 1024 * 1024;
const ASK_MILLISECONDS = 1_000;

/** What two honest members do in a round, without training: one announces, the other hears it and pulls a segment. @returns milliseconds */
export async function honestRound(from: HonestPeer, to: HonestPeer, round: number): Promise<number> {
  const begun = systemClock.now();
  const said = announcement(from.n, { round });
  const blob = new Uint8Array(SEGMENT_BYTES).fill(round % 251);
  blob.set(Buffer.from(`round ${round}`));
  const digest = toHex(sha256(blob));
  from.blobs.set(digest, blob);
  from.heard.set(hashContribution(said.record), said);
  await from.network.publishContribution(said);
  // Whoever waits for a round asks for what it missed once a second.
  let asked = begun;
  await eventually(async () => {
    if (to.heard.has(hashContribution(said.record))) return;
    if (systemClock.now() - asked > ASK_MILLISECONDS) {
      asked = systemClock.now();
      await to.network.catchUp(round);
    }
    throw new Error('not heard yet');
  });
  const order = { digest, maximumBytes: SEGMENT_BYTES, providers: [memberAccount(from.n)] };
  const got = await to.network.obtain([order], async () => {}, AbortSignal.timeout(30_000));
  if (got.size !== 1) throw new Error('the segment did not come');
  from.blobs.delete(digest);
  return systemClock.now() - begun;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
