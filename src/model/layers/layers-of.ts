import type { Architecture } from '../architecture.ts';
import { createConvolutionLayer } from './convolution-layer.ts';
import { createDenseLayer } from './dense-layer.ts';
import type { Layer } from './layer.ts';

/** The layers of an architecture, first to last; layer i owns tensors 2i and 2i + 1 of the layout. */
export function layersOf(architecture: Architecture): Layer[] {
  const stages = architecture.kind === 'cnn' ? architecture.filters.length : 0;
  const hidden = architecture.kind === 'cnn' ? 1 : architecture.hidden.length;
  return [
    ...Array.from({ length: stages }, () =>
      createConvolutionLayer(architecture.kind === 'cnn' ? architecture.padding : 'same'),
    ),
    ...Array.from({ length: hidden }, () => createDenseLayer('relu')),
    createDenseLayer('linear'),
  ];
}
