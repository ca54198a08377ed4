import type { ArchitectureOf } from '../architecture.ts';
import type { Blueprint } from '../blueprint.ts';
import { createBlueprintBuilder } from './blueprint-builder.ts';

/** Dense layers with relu, and a last one without. */
export function mlpBlueprint({ inputs, hidden, classes }: ArchitectureOf<'mlp'>): Blueprint {
  const builder = createBlueprintBuilder([inputs]);
  hidden.forEach((units, index) => {
    builder.add(`dense${index + 1}`, { kind: 'dense', units, activation: 'relu', bias: true });
  });
  builder.add(`dense${hidden.length + 1}`, { kind: 'dense', units: classes, activation: 'linear', bias: true });
  return builder.finish();
}
