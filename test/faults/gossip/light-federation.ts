import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hex } from '../../../src/base/bytes.ts';
import { createMemoryLedger, type MemoryLedger } from '../../../src/ledger/memory/memory-ledger.ts';
import { composeManifest } from '../../../src/peer/compose-manifest.ts';
import { type Manifest, manifestSchema, studyOf } from '../../../src/protocol/manifest.ts';
import { DOMAIN, digest, memberAccount } from '../../builders.ts';
import { type LightPeer, type PeerWeakness, startLightPeer } from './light-peer.ts';
import { TINY_ARCHITECTURE } from './tiny-model.ts';

/** Who may talk to whom, by place in the list of peers: true where there is a link. */
export type Links = (a: number, b: number) => boolean;

export interface LightFederation {
  readonly peers: readonly LightPeer[];
  readonly ledger: MemoryLedger;
  readonly study: Hex;
  /** Cuts the connections that have no link, and lets those that have one come back. */
  link(links: Links): Promise<void>;
  stop(): Promise<void>;
}

export interface LightFederationOptions {
  readonly seed: string;
  readonly members: number;
  readonly epochMilliseconds: number;
  readonly links?: Links;
  /** What is weak at the peer of this place. */
  weaknessOf?(place: number): PeerWeakness;
}

/** More rounds than any test lives through. */
const ROUNDS = 50_000;

/** Peers of one study in this process, over loopback; a cut link is closed and refused by both of its ends. */
export async function startLightFederation(options: LightFederationOptions): Promise<LightFederation> {
  const { members } = options;
  const manifest = lightManifest(options);
  const study = studyOf(manifest);
  const accounts = Array.from({ length: members }, (_, place) => memberAccount(place + 1));
  const ledger = openStudyOf(accounts, manifest);
  const folder = await mkdtemp(join(tmpdir(), 'consilium-light-'));
  const reachable = accounts.map(() => new Set<Hex>());
  const draw = (links: Links): void => {
    for (const [a, others] of reachable.entries()) {
      others.clear();
      for (const [b, account] of accounts.entries()) if (a === b || links(a, b)) others.add(account);
    }
  };
  draw(options.links ?? (() => true));
  const peers: LightPeer[] = [];
  for (const [place, account] of accounts.entries()) {
    peers.push(
      await startLightPeer({
        number: place + 1,
        folder,
        ledger: ledger.as(account),
        manifest,
        bootstrap: peers.flatMap(({ network }) => network.addresses()),
        epochMilliseconds: options.epochMilliseconds,
        reachable: reachable[place] ?? new Set(),
        weakness: options.weaknessOf?.(place) ?? {},
      }),
    );
  }
  return {
    peers,
    ledger,
    study,
    async link(links) {
      draw(links);
      await Promise.allSettled(peers.map(({ network }) => network.maintain()));
    },
    async stop() {
      await Promise.allSettled(peers.map((peer) => peer.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function lightManifest({ seed, members }: LightFederationOptions): Manifest {
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
    valuation: { method: 'shapley', exactPlayers: 1, permutations: 1 },
  });
}

function openStudyOf(accounts: readonly Hex[], manifest: Manifest): MemoryLedger {
  const ledger = createMemoryLedger(DOMAIN);
  const study = studyOf(manifest);
  for (const account of accounts) ledger.membership.admit(account);
  ledger.openStudy({
    study,
    rounds: manifest.rounds,
    maximumMembers: manifest.maximumMembers,
    stalenessBound: manifest.staleness.boundRounds,
    epsilonBudgetMicros: 0,
    deltaBudgetPicos: 0,
  });
  for (const account of accounts) void ledger.as(account).join(study, digest(`data ${account}`));
  return ledger;
}
