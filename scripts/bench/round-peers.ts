import type { RateLimit } from '../../test/lab/limit-rate.ts';
import { type BenchWorker, startWorker } from './bench-workers.ts';
import { median } from './median.ts';
import { type Cell, loadedSeconds, roundSeconds } from './round-model.ts';
import type { RoundNetwork } from './round-network.ts';
import type { RoundAnswers, RoundTask } from './round-task.ts';

/** The peers of `bench:round`: one process each, connected to each other once and for all. */
export interface RoundPeers {
  /** Limits all links, and has one round of this cell. @param parameters the model's size, four bytes each */
  round(cell: Cell, parameters: number, rate: RateLimit | null): Promise<RoundFigures>;
  stop(): Promise<void>;
}

export interface RoundFigures {
  /** The time of the peer in the middle. */
  readonly medianSeconds: number;
  readonly slowestSeconds: number;
  /** See {@link loadedSeconds}. */
  readonly loadedSeconds: number;
}

type Worker = BenchWorker<RoundTask, RoundAnswers>;

const WORKER = new URL('round-worker.ts', import.meta.url);
const WARM_UP_PARAMETERS = 1000;

/** Starts the peers and lets every one pull from every other one, so that no connection is opened while a round is measured. */
export async function startRoundPeers(network: RoundNetwork, count: number): Promise<RoundPeers> {
  const workers = Array.from({ length: count }, (_, i) =>
    startWorker<RoundTask, RoundAnswers>(WORKER, network.prefix(i)),
  );
  const stop = async (): Promise<void> => void (await Promise.all(workers.map((worker) => worker.stop())));
  let round = 0;
  let limited: RateLimit | null = null;
  const announce = async (cell: Cell, parameters: number): Promise<void> => {
    round += 1;
    const { segments, n } = cell;
    await Promise.all(workers.map((worker) => worker.ask({ do: 'prepare', round, parameters, segments })));
    await Promise.all(workers.map((worker) => worker.ask({ do: 'announce', peers: n })));
  };
  /** One after the other: what opens a connection costs the processor much. */
  const warmUp = async (): Promise<void> => {
    await announce({ n: count, scheme: 'whole-model', segments: 1, pulls: count - 1 }, WARM_UP_PARAMETERS);
    for (const worker of workers) await worker.ask({ do: 'pull', pulls: count - 1 });
  };
  try {
    await connect(network, workers);
    await warmUp();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    async round(cell, parameters, rate) {
      if (rate !== limited) await network.limit(rate);
      limited = rate;
      await announce(cell, parameters);
      const members = workers.slice(0, cell.n);
      return cell.scheme === 'star' ? star(members, cell, 4 * parameters, rate) : gossip(members, cell.pulls, rate);
    },
    stop,
  };
}

async function connect(network: RoundNetwork, workers: readonly Worker[]): Promise<void> {
  const earlier: string[] = [];
  const { proxyPort } = network;
  for (const [self, worker] of workers.entries()) {
    const listen = network.listen(self);
    const { address } = await worker.ask({
      do: 'listen',
      self,
      workers: workers.length,
      listen,
      earlier: [...earlier],
      proxyPort,
    });
    network.listening(self, address);
    earlier.push(address);
  }
  // One after the other, as in the warm-up; each dials those before it.
  for (const [self, worker] of workers.entries()) await worker.ask({ do: 'connect', others: self });
}

async function gossip(members: readonly Worker[], pulls: number, rate: RateLimit | null): Promise<RoundFigures> {
  const answers = await Promise.all(members.map((worker) => worker.ask({ do: 'pull', pulls })));
  return {
    ...summarise(answers.map(({ seconds }) => seconds)),
    loadedSeconds: loadedSeconds(
      answers.map(({ bytesFrom }) => bytesFrom),
      rate,
    ),
  };
}

/** The server's way of telling that the mix is there costs nothing here. */
async function star(
  [server, ...clients]: readonly Worker[],
  cell: Cell,
  modelBytes: number,
  rate: RateLimit | null,
): Promise<RoundFigures> {
  if (server === undefined) throw new RangeError('a star needs a server');
  const collected = await server.ask({ do: 'collect' });
  const taken = await Promise.all(
    clients.map((client) => client.ask({ do: 'take', server: 0, digests: collected.digests })),
  );
  return {
    ...summarise(taken.map(({ seconds }) => collected.seconds + seconds)),
    loadedSeconds: roundSeconds(cell, modelBytes, rate),
  };
}

function summarise(seconds: readonly number[]): Omit<RoundFigures, 'loadedSeconds'> {
  return { medianSeconds: median(seconds), slowestSeconds: Math.max(...seconds) };
}
