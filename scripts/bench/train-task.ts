import type { ArchitectureOf } from '../../src/model/architecture.ts';

const image = { height: 28, width: 28, channels: 1, classes: 10 } as const;

/** The networks of `bench:train`; `train-pytorch.py` builds the same. */
export const NETS: Readonly<Record<string, ArchitectureOf<'cnn' | 'resnet' | 'depthwise'>>> = {
  cnn: { kind: 'cnn', ...image, filters: [16, 32], padding: 'valid', dense: 64 },
  resnet: { kind: 'resnet', ...image, stages: [16, 32, 64], blocks: 1, normalization: 'batch' },
  depthwise: { kind: 'depthwise', ...image, stages: [16, 32, 64], blocks: 1, normalization: 'batch', dropout: 0.2 },
};

/** What a measuring process prints as its only line. */
export interface TrainAnswer {
  /** The engine's, or PyTorch's. */
  readonly version: string;
  readonly parameters: number;
  readonly images: number;
  /** User and system time of all of the process's threads, while training. */
  readonly cpuSeconds: number;
}
