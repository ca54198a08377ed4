import { useEffect, useRef } from 'preact/hooks';
import type { PictureExamples } from '../../../peer/member-pictures.ts';
import { FiguresBehind } from '../charts/chart-figure.tsx';
import { percent } from '../shell/format.ts';
import { inWords } from './judgement.ts';
import { paintImage, paintSaliency, type RawImage } from './paint-image.ts';

type Images = Extract<PictureExamples, { kind: 'images' }>;

const TITLE = 'What the model looks at';

/** Each image beside the same image with its saliency on top. */
export function SaliencyFigure({ examples, classNames }: { examples: Images; classNames: readonly string[] }) {
  const { images, height, width, channels } = examples;
  return (
    <figure class="chart">
      <figcaption>{TITLE}</figcaption>
      <p class="note">
        Beside each image the same one with its saliency map: the stronger the orange, the more the logit of the
        predicted class changes with that pixel (absolute gradient, Simonyan et al. 2014; each map has its own scale).
        It says where the model looks, not why.
      </p>
      <ul class="saliency">
        {images.map((image, index) => {
          const words = inWords(image, classNames);
          const raw = { ...image, height, width, channels };
          return (
            <li key={index}>
              <Painted raw={raw} paint={paintImage} label={`Image ${index + 1}, ${words}`} />
              <Painted raw={raw} paint={paintSaliency} label={`Saliency of image ${index + 1}`} />
              <p class={image.predicted === image.truth ? '' : 'warn-text'}>{words}</p>
            </li>
          );
        })}
      </ul>
      <FiguresBehind
        title={TITLE}
        table={{
          head: ['image', 'is', 'taken for', 'probability'],
          rows: images.map(({ truth, predicted, probability }, index) => [
            String(index + 1),
            classNames[truth] ?? '',
            predicted === null ? '–' : (classNames[predicted] ?? ''),
            percent(probability),
          ]),
        }}
      />
    </figure>
  );
}

interface PaintedProps {
  readonly raw: RawImage;
  readonly paint: (context: CanvasRenderingContext2D, image: RawImage) => void;
  readonly label: string;
}

function Painted({ raw, paint, label }: PaintedProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context) paint(context, raw);
  }, [raw.pixels, raw.saliency]);
  return <canvas ref={canvas} width={raw.width} height={raw.height} role="img" aria-label={label} />;
}
