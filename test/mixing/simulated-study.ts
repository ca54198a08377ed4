import { readSource } from '../../src/data/read-source.ts';
import { splitFederation } from '../../src/data/split.ts';
import { defaultTraining } from '../../src/model/default-training.ts';
import type { Evaluation, Model } from '../../src/model/engine.ts';
import type { Examples } from '../../src/model/examples.ts';
import { initialParameters } from '../../src/model/initial-parameters.ts';
import { mixSegment, mixWeights } from '../../src/model/mix.ts';
import type { TrainingOptions } from '../../src/model/training-options.ts';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { type Codec, decodeUpdateSegment, encodeUpdateSegment } from '../../src/protocol/segment-codec.ts';

const MEMBERS = 4;
const SEED = 'simulated study';
const CLIP_FACTOR = 3;

export interface SimulatedStudy {
  /** As {@link readSource} takes it. */
  readonly dataset: string;
  readonly codec: Codec;
  readonly rounds: number;
  /** The only member that takes part; all of them if not said. */
  readonly only?: number;
  /** Of the split; with it another common test part. */
  readonly seed?: string;
  /** What the control does to the bytes on their way. */
  readonly garble?: (bytes: Uint8Array) => Uint8Array;
}

/** Trains, encodes, decodes and mixes as peers that hear all of each other do, in one process and with one segment. */
export async function simulateStudy(study: SimulatedStudy): Promise<Evaluation> {
  const { dataset, codec, rounds, garble, only, seed = SEED } = study;
  const source = await readSource(dataset);
  const { architecture, training } = defaultTraining(source.kind, source.shared);
  const split = { members: source.sites?.length ?? MEMBERS, alpha: 1, seed };
  const { test, members: all } = splitFederation(source, split);
  const members = only === undefined ? all : all.slice(only, only + 1);
  const model = (await createWasmEngine()).createModel(architecture);
  const terms = { codec, rounds };
  const residuals: (Float32Array | null)[] = members.map(() => null);
  let base = initialParameters(architecture, SEED);
  for (let round = 0; round < rounds; round++) {
    const updates: Float32Array[] = [];
    for (const [i, { training: examples }] of members.entries()) {
      const parameters = await trained(model, base, { examples, training, seed: `${SEED}/${i}/${round}` });
      const sent = encodeUpdateSegment(terms, round, { parameters, base, residual: residuals[i] ?? null });
      residuals[i] = sent.residual;
      const bytes = garble?.(sent.bytes) ?? sent.bytes;
      const read = decodeUpdateSegment(terms, round, { bytes, length: base.length, base });
      if (read === null) throw new Error(`${codec.name} does not read what it wrote`);
      updates.push(read);
    }
    const weights = mixWeights(
      members.map(({ training: { samples } }) => ({ samples, staleness: 0 })),
      { weightShareCap: 0.5, discount: 0.5 },
    );
    base = mixSegment(base, updates, weights, CLIP_FACTOR).mixed;
  }
  return model.evaluate(base, test);
}

async function trained(
  model: Model,
  base: Float32Array,
  { examples, training, seed }: { examples: Examples; training: TrainingOptions; seed: string },
): Promise<Float32Array> {
  const epochs = model.train(base, examples, training, { seed });
  for (;;) {
    const step = await epochs.next();
    if (step.done) return step.value;
  }
}
