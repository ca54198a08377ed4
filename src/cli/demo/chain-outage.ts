import type { PeerEvent } from '../../peer/peer-event.ts';
import type { ProgressView } from './progress-view.ts';
import type { DemoChain } from './start-chain.ts';

/** Rounds between which the chain is away: a third of the study, and at least two rounds. */
export interface OutagePlan {
  /** The chain goes away once a peer has announced this round. */
  readonly from: number;
  /** It comes back once every peer has announced this one. */
  readonly to: number;
}

export function planOutage(rounds: number): OutagePlan {
  const from = Math.min(Math.floor(rounds / 3), rounds - 1);
  return { from, to: Math.min(rounds, from + Math.max(2, Math.ceil(rounds / 3))) };
}

/** Takes the chain away in the middle of a study, and brings it back. */
export interface ChainOutage {
  onEvent(peer: number, event: PeerEvent): void;
  /** Rejects if the chain could not be brought back; resolves when there is nothing more to do. */
  readonly over: Promise<void>;
}

export function createChainOutage(
  deps: { readonly chain: DemoChain; readonly view: ProgressView },
  options: { readonly rounds: number; readonly peers: number },
): ChainOutage {
  const { chain, view } = deps;
  const { from, to } = planOutage(options.rounds);
  const back = new Set<number>();
  const over = Promise.withResolvers<void>();
  over.promise.catch(() => {}); // whoever waits for it learns of it
  let away: Promise<void> | null = null;

  const stop = async (): Promise<void> => {
    await chain.kill();
    view.step(`stopped the chain in round ${from}`, { event: 'demo.chain-stopped', round: from });
  };
  const restart = async (): Promise<void> => {
    await away;
    await chain.restart();
    view.step(`started the chain again after round ${to}`, { event: 'demo.chain-restarted', round: to });
  };

  return {
    over: over.promise,
    onEvent: (peer, event) => {
      if (event.event !== 'round.announced') return;
      if (event.round >= from && away === null) {
        away = stop();
        away.catch(over.reject);
      }
      if (event.round < to || back.has(peer)) return;
      back.add(peer);
      if (back.size === options.peers) restart().then(over.resolve, over.reject);
    },
  };
}
