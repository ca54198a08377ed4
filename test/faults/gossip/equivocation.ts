import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { createStudyNetwork, type StudyNetwork } from '../../../src/gossip/study-network.ts';
import { connectLedger } from '../../../src/ledger/ethers-ledger.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { createLedgerIndex, type LedgerIndex } from '../../../src/ledger/ledger-index.ts';
import { createMemoryLedger } from '../../../src/ledger/memory/memory-ledger.ts';
import { openPeerStore, type PeerStore } from '../../../src/peer/peer-store.ts';
import { createEquivocationReporter } from '../../../src/peer/report-equivocations.ts';
import type { Announcement } from '../../../src/protocol/announcement.ts';
import { contributionDigest, signDigest } from '../../../src/protocol/signature.ts';
import { announcement, DOMAIN, digest, memberAccount, memberKey } from '../../builders.ts';
import { eventually } from '../../eventually.ts';
import { controlRow, type FaultRow } from '../fault-row.ts';
import { startFaultStudy } from '../fault-study.ts';
import type { StudyPlace } from '../study-records.ts';

/** The member that says one thing to one peer and another thing to another. */
const LIAR = 3;
const MEMBERS = [1, 2, LIAR];
const ROUNDS = 5;
const LATER_ROUND = 4;
const PATIENCE_MILLISECONDS = 10_000;
/** Peers that ask each other more often than that would be taken for flooders. */
const TURN_MILLISECONDS = 250;

interface Place extends StudyPlace {
  as(n: number): Ledger;
  stop(): Promise<void>;
}

async function inMemory(): Promise<Place> {
  const study = digest('a study with a liar');
  const ledger = createMemoryLedger(DOMAIN);
  for (const n of MEMBERS) ledger.membership.admit(memberAccount(n));
  const bounds = { maximumMembers: 64, stalenessBound: 1, epsilonBudgetMicros: 0, deltaBudgetPicos: 0 };
  ledger.openStudy({ study, rounds: ROUNDS, ...bounds });
  for (const n of MEMBERS) await ledger.as(memberAccount(n)).join(study, digest(`data ${n}`));
  return { study, domain: DOMAIN, as: (n) => ledger.as(memberAccount(n)), stop: async () => {} };
}

async function onChain(): Promise<Place> {
  const { url, contract, study, domain, stop } = await startFaultStudy({ members: MEMBERS.length, rounds: ROUNDS });
  const connection = await connectLedger({ rpcUrl: url, contract });
  return {
    study,
    domain,
    as: (n) => connection.as(memberKey(n)),
    stop: async () => {
      connection.close();
      await stop();
    },
  };
}

function signedFor({ study, domain }: StudyPlace, n: number, fields: Parameters<typeof announcement>[1]): Announcement {
  const { record, segments } = announcement(n, { ...fields, study });
  return { record, segments, signature: signDigest(memberKey(n), contributionDigest(domain, record)) };
}

interface Peer {
  readonly network: StudyNetwork;
  readonly store: PeerStore;
  readonly index: LedgerIndex;
  /** What a peer does once a second: looks after connections, reads the ledger, reports. */
  maintain(): Promise<void>;
  stop(): Promise<void>;
}

interface Setting {
  readonly place: Place;
  /** Holds a folder for each peer, which outlives the peer. */
  readonly folder: string;
  /** What is switched off in a control. */
  readonly weakness: 'forgets' | 'asks nobody' | null;
}

async function startPeer(setting: Setting, n: number, bootstrap: readonly string[]): Promise<Peer> {
  const { place, folder, weakness } = setting;
  const store = openPeerStore(join(folder, `${n}.db`));
  const ledger = place.as(n);
  const index = createLedgerIndex(ledger, place.study);
  const members = new Set(MEMBERS.map(memberAccount));
  const network = createStudyNetwork(
    {
      logger: silentLogger,
      context: {
        domain: place.domain,
        study: place.study,
        rounds: ROUNDS,
        segments: 2,
        epsilonBudgetMicros: 0,
        isParticipant: (account) => members.has(account),
        knownContribution: weakness === 'forgets' ? () => undefined : store.contributionHash,
        knownCommitment: () => undefined,
        knownReveal: () => false,
        knownCheckpoint: () => undefined,
      },
      blobs: { get: async () => null },
      members: () => members,
      recordsOf: store.recordsOf,
      onContribution: (said) => store.addAnnouncement(said),
      onEquivocation: (second) => store.addEquivocation(second),
      onReveal: () => {},
      onCheckpoint: () => {},
      onMember: () => {},
    },
    { privateKey: memberKey(n), listen: ['/ip4/127.0.0.1/tcp/0'], bootstrap },
  );
  await network.start();
  let now = 0;
  // Each look is a minute after the last one, so that nothing is waited for.
  const clock = { now: () => (now += 60_000) };
  const reporter = createEquivocationReporter({
    clock,
    logger: silentLogger,
    network: weakness === 'asks nobody' ? { catchUp: async () => {} } : network,
    ledger,
    index,
    store,
  });
  return {
    network,
    store,
    index,
    async maintain() {
      await network.maintain();
      await index.refresh();
      await reporter.work();
    },
    async stop() {
      await network.stop();
      store.close();
    },
  };
}

/** The liar says something to one peer while nobody else is there; then both are gone, and so is all that gossip remembers. */
async function sayTo(setting: Setting, n: number, said: Announcement): Promise<void> {
  const peer = await startPeer(setting, n, []);
  const liar = await startPeer(setting, LIAR, peer.network.addresses());
  try {
    // Gossip never sends a message twice: others, for a later round, show when it gets through.
    let samples = 1000;
    await eventually(async () => {
      await liar.network.maintain();
      await liar.network.publishContribution(
        signedFor(setting.place, LIAR, { round: LATER_ROUND, samples: samples++ }),
      );
      if (peer.store.announcement(memberAccount(LIAR), LATER_ROUND) === null) throw new Error('not heard yet');
    });
    await liar.network.publishContribution(said);
    await eventually(() => {
      if (peer.store.announcement(memberAccount(LIAR), 0) === null) throw new Error('not heard yet');
    });
  } finally {
    await liar.stop();
    await peer.stop();
  }
}

interface Outcome {
  /** Entries of the ledger that prove it. */
  readonly proofs: number;
  /** A record of the next round went from the one to the other. */
  readonly goOn: boolean;
}

/** Different records of one member for round 0 reach two peers that do not see each other. One gets onto the ledger; then they meet. */
async function equivocate(setting: Setting): Promise<Outcome> {
  const { place } = setting;
  const records = [100, 101].map((samples) => signedFor(place, LIAR, { samples }));
  for (const [i, said] of records.entries()) await sayTo(setting, i + 1, said);
  await place.as(1).contributeFor(records.slice(0, 1));
  const one = await startPeer(setting, 1, []);
  const other = await startPeer(setting, 2, one.network.addresses());
  const proofs = (): number =>
    one.index.entries().filter(({ kind, record }) => kind === 'equivocated' && 'round' in record && record.round === 0)
      .length;
  try {
    await eventually(async () => {
      await systemClock.wait(TURN_MILLISECONDS);
      for (const peer of [one, other]) await peer.maintain();
      if (proofs() === 0) throw new Error('not on the ledger yet');
    }, PATIENCE_MILLISECONDS).catch(() => {});
    // Both know of it by now: neither may report it again.
    for (const peer of [one, other, one, other]) await peer.maintain();
    const next = signedFor(place, 1, { round: 1 });
    one.store.addAnnouncement(next);
    await other.network.catchUp(1);
    return { proofs: proofs(), goOn: other.store.announcement(memberAccount(1), 1) !== null };
  } finally {
    await one.stop();
    await other.stop();
  }
}

async function tried(place: Place, weakness: Setting['weakness']): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-equivocation-'));
  try {
    return await equivocate({ place, folder, weakness });
  } finally {
    await place.stop();
    await rm(folder, { recursive: true });
  }
}

const describe = ({ proofs, goOn }: Outcome): string =>
  `${proofs} proofs, the peers ${goOn ? 'go on' : 'do NOT go on'}`;

/** Who signs two records for one round is shown to everybody, also where no peer ever heard both from it. */
export async function equivocation(seed: string): Promise<FaultRow[]> {
  const rows: FaultRow[] = [];
  for (const [where, open] of [['in-memory ledger', inMemory] as const, ['embedded chain', onChain] as const]) {
    const outcome = await tried(await open(), null);
    rows.push({
      name: `equivocation: ${where}`,
      target: 'two records at two peers: 1 proof on the ledger, the peers go on',
      measured: describe(outcome),
      passed: outcome.proofs === 1 && outcome.goOn,
      seed,
    });
  }
  for (const weakness of ['forgets', 'asks nobody'] as const) {
    const outcome = await tried(await inMemory(), weakness);
    const name = `equivocation: a peer that ${weakness}`;
    rows.push(controlRow({ name, measured: describe(outcome), noticed: outcome.proofs === 0 ? 1 : 0, seed }));
  }
  return rows;
}
