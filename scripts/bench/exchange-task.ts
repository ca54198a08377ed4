import type { Hex } from '../../src/base/bytes.ts';

/** What the parent of `bench:exchange` asks of a worker. Workers are numbered from 0. */
export type ExchangeTask =
  /** Open everything that listens; `earlier` are the workers that listen already. */
  | {
      readonly do: 'listen';
      readonly self: number;
      readonly workers: number;
      readonly earlier: readonly WorkerAddress[];
    }
  /** Wait for the connections to these workers. */
  | { readonly do: 'connect'; readonly others: readonly WorkerAddress[] }
  /** Make a model of this size; not measured. */
  | { readonly do: 'model'; readonly parameters: number; readonly segments: number; readonly folder: string | null }
  /** Begin to count processor time; encode and hash what is to be sent. */
  | { readonly do: 'begin'; readonly way: Way }
  /** Receive as many bytes as the model has from each of these, and do what the way asks for with them. */
  | {
      readonly do: 'receive';
      readonly way: Way;
      readonly from: readonly WorkerAddress[];
      readonly digests: readonly (readonly Hex[])[];
    }
  | { readonly do: 'end' };

/** `tcp`: a socket; `bare`: a libp2p stream; both only count bytes. `exchange`: the segment protocol, with all that belongs to it. */
export type Way = 'tcp' | 'bare' | 'exchange';

export interface WorkerAddress {
  readonly worker: number;
  readonly tcpPort: number;
  readonly bare: string;
  readonly network: string;
}

export interface ExchangeAnswers {
  listen: WorkerAddress;
  connect: null;
  model: null;
  begin: { readonly digests: readonly Hex[] };
  receive: { readonly bytes: number };
  end: { readonly cpuSeconds: number; readonly maximumResidentBytes: number };
}
