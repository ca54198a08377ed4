import type { Architecture } from './architecture.ts';
import type { Blueprint } from './blueprint.ts';
import { cnnBlueprint } from './blueprints/cnn-blueprint.ts';
import { coxBlueprint } from './blueprints/cox-blueprint.ts';
import { depthwiseBlueprint } from './blueprints/depthwise-blueprint.ts';
import { mlpBlueprint } from './blueprints/mlp-blueprint.ts';
import { resnetBlueprint } from './blueprints/resnet-blueprint.ts';

/** The layers that an architecture stands for. @throws ModelError `model/invalid-architecture` */
export function blueprintOf(architecture: Architecture): Blueprint {
  switch (architecture.kind) {
    case 'mlp':
      return mlpBlueprint(architecture);
    case 'cnn':
      return cnnBlueprint(architecture);
    case 'resnet':
      return resnetBlueprint(architecture);
    case 'depthwise':
      return depthwiseBlueprint(architecture);
    case 'logistic':
      return mlpBlueprint({ ...architecture, kind: 'mlp', hidden: [] });
    case 'cox':
      return coxBlueprint(architecture);
    case 'layers':
      return architecture;
  }
}
