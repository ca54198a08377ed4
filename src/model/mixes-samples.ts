import type { Architecture } from './architecture.ts';
import { blueprintOf } from './blueprint-of.ts';

/** True if samples of a batch depend on each other in training, so that none has a gradient of its own that could be clipped. */
export function mixesSamples(architecture: Architecture): boolean {
  return (
    architecture.kind === 'cox' ||
    blueprintOf(architecture).nodes.some(({ spec }) => spec.kind === 'batch-normalization')
  );
}
