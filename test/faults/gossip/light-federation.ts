import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hex } from '../../../src/base/bytes.ts';
import { createMemoryLedger, type MemoryLedger } from '../../../src/ledger/memory/memory-ledger.ts';
import { composeManifest } from '../../../src/peer/compose-manifest.ts';
import { type Manifest, manifestSchema, studyOf } from '../../../src/protocol/manifest.ts';
import { DOMAIN, digest, memberAccount } from '../../builders.ts';
import { type Learning, type LightPeer, type PeerWeakness, startLightPeer } from './light-peer.ts';
import { TINY_ARCHITECTURE } from './tiny-model.ts';

/** Who may talk to whom, by place in the list of peers: true where there is a link. */
export type Links = (a: number, b: number) => boolean;

export interface LightFederation {
  /** Those that run, by place. */
  readonly peers: readonly LightPeer[];
  /** Lets a member join, if it has not, and starts its peer, again or for the first time. */
  start(place: number): Promise<LightPeer>;
  readonly ledger: MemoryLedger;
  readonly study: Hex;
  /** Where the peers' data are: `<n>.db` and `<n>.blobs`, n from 1. */
  readonly folder: string;
  /** Cuts the connections that have no link, and lets those that have one come back. */
  link(links: Links): Promise<void>;
  stop(): Promise<void>;
}

export interface LightFederationOptions {
  readonly seed: string;
  readonly members: number;
  readonly epochMilliseconds: number;
  /** How long the peer of this place trains instead. */
  epochOf?(place: number): number;
  /** True while the peer of this place trains without an end. */
  pausedAt?(place: number): boolean;
  /** How many of the members join and start only when the test says so; the last ones. */
  readonly late?: number;
  readonly links?: Links;
  /** A study of its own, in place of the usual one under {@link terms}. */
  readonly manifest?: Manifest;
  /** A ledger that knows more studies, and a folder that holds what the peers begin with; new ones if not given. */
  readonly ledger?: MemoryLedger;
  readonly folder?: string;
  /** Other terms than the usual ones. */
  readonly terms?: Partial<Pick<Manifest, 'staleness' | 'waiting' | 'rounds'>>;
  /** What is weak at the peer of this place. */
  weaknessOf?(place: number): PeerWeakness;
  /** What the peer of this place learns with and from. */
  learningOf?(place: number): Learning;
}

/** More rounds than any test lives through. */
const ROUNDS = 50_000;

/** Peers of one study in this process, over loopback; a cut link is closed and refused by both of its ends. */
export async function startLightFederation(options: LightFederationOptions): Promise<LightFederation> {
  const { members } = options;
  const manifest = options.manifest ?? lightManifest(options);
  const study = studyOf(manifest);
  const accounts = Array.from({ length: members }, (_, place) => memberAccount(place + 1));
  const first = members - (options.late ?? 0);
  const ledger = openStudyOf(accounts, manifest, options.ledger);
  for (const account of accounts.slice(0, first)) await ledger.as(account).join(study, digest(`data ${account}`));
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'consilium-light-')));
  const reachable = accounts.map(() => new Set<Hex>());
  const draw = (links: Links): void => {
    for (const [a, others] of reachable.entries()) {
      others.clear();
      for (const [b, account] of accounts.entries()) if (a === b || links(a, b)) others.add(account);
    }
  };
  draw(options.links ?? (() => true));
  const peers: LightPeer[] = [];
  const begin = async (place: number): Promise<LightPeer> => {
    const account = accounts[place] ?? '0x';
    peers[place] = await startLightPeer({
      number: place + 1,
      folder,
      ledger: ledger.as(account),
      manifest,
      bootstrap: peers.filter((_, each) => each !== place).flatMap((peer) => peer.network.addresses()),
      epochMilliseconds: options.epochOf?.(place) ?? options.epochMilliseconds,
      isPaused: () => options.pausedAt?.(place) ?? false,
      reachable: reachable[place] ?? new Set(),
      weakness: options.weaknessOf?.(place) ?? {},
      ...(options.learningOf === undefined ? {} : { learning: options.learningOf(place) }),
    });
    return peers[place];
  };
  for (let place = 0; place < first; place++) await begin(place);
  return {
    peers,
    async start(place) {
      const account = accounts[place] ?? '0x';
      const log = await ledger.entries(study, 0);
      const hasJoined = log.some((entry) => entry.kind === 'joined' && entry.record.member === account);
      if (!hasJoined) await ledger.as(account).join(study, digest(`data ${account}`));
      return begin(place);
    },
    ledger,
    study,
    folder,
    async link(links) {
      draw(links);
      await Promise.allSettled(peers.map(({ network }) => network.maintain()));
    },
    async stop() {
      await Promise.allSettled(peers.map((peer) => peer.stop()));
      await rm(folder, { recursive: true, force: true, maxRetries: 10 }); // a mix may still be writing
    },
  };
}

export function lightManifest({
  seed,
  members,
  terms,
}: Pick<LightFederationOptions, 'seed' | 'members' | 'terms'>): Manifest {
  const manifest = composeManifest({
    title: 'a light study',
    members,
    rounds: ROUNDS,
    segments: 2,
    pulls: 2,
    seed,
    architecture: TINY_ARCHITECTURE,
    training: {
      optimiser: 'sgd',
      learningRate: 0.1,
      momentum: 0,
      weightDecay: 0,
      batchSize: 1,
      localEpochs: 1,
      classWeights: 'none',
    },
  });
  return manifestSchema.parse({
    ...manifest,
    waiting: { quorum: 0.66, graceSeconds: 5, lostGraceSeconds: 1 },
    valuation: { method: 'shapley', credit: 'training', exactPlayers: 1, permutations: 2 },
    ...terms,
  });
}

function openStudyOf(accounts: readonly Hex[], manifest: Manifest, known?: MemoryLedger): MemoryLedger {
  const ledger = known ?? createMemoryLedger(DOMAIN);
  const study = studyOf(manifest);
  if (known === undefined) for (const account of accounts) ledger.membership.admit(account);
  ledger.openStudy({
    study,
    rounds: manifest.rounds,
    maximumMembers: manifest.maximumMembers,
    stalenessBound: manifest.staleness.boundRounds,
    epsilonBudgetMicros: 0,
    deltaBudgetPicos: 0,
  });
  return ledger;
}
