import type { ArchitectureOf } from '../architecture.ts';
import type { Blueprint } from '../blueprint.ts';
import { createBlueprintBuilder } from './blueprint-builder.ts';

/** One dense unit without a bias, which would multiply every risk alike. */
export function coxBlueprint({ inputs }: ArchitectureOf<'cox'>): Blueprint {
  const builder = createBlueprintBuilder([inputs]);
  builder.add('risk', { kind: 'dense', units: 1, activation: 'linear', bias: false });
  return builder.finish();
}
