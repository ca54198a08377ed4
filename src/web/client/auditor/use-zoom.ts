import { select } from 'd3-selection';
import { type ZoomBehavior, type ZoomTransform, zoom, zoomIdentity, zoomTransform } from 'd3-zoom';
import { useEffect, useRef } from 'preact/hooks';

/** How somebody moves over a drawing other than by dragging and turning a wheel. */
export interface ZoomControls {
  /** By CSS pixels. */
  pan(x: number, y: number): void;
  /** Around a place of the drawing, before zooming; around the middle of what is seen if there is none. */
  scale(factor: number, around?: readonly [number, number]): void;
  reset(): void;
  /** Brings a place of the drawing, before zooming, into the middle if it is out of sight. */
  show(x: number, y: number): void;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const LARGEST_SCALE = 12;

/** Pan and zoom of a canvas by pointer, wheel and touch; nobody can leave the drawing. @param onMove told of each step */
export function useZoom(
  canvas: { readonly current: HTMLCanvasElement | null },
  { width, height }: Size,
  onMove: (transform: ZoomTransform) => void,
): ZoomControls {
  const move = useRef(onMove);
  move.current = onMove;
  const behaviour = useRef<ZoomBehavior<HTMLCanvasElement, unknown> | null>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null || width === 0) return;
    const zooming = zoom<HTMLCanvasElement, unknown>()
      .extent([
        [0, 0],
        [width, height],
      ])
      .translateExtent([
        [0, 0],
        [width, height],
      ])
      .scaleExtent([1, LARGEST_SCALE])
      .on('zoom', ({ transform }: { transform: ZoomTransform }) => {
        // With all of it in sight a finger scrolls the page.
        element.style.touchAction = transform.k > 1 ? 'none' : 'pan-y';
        move.current(transform);
      });
    behaviour.current = zooming;
    // A double click would zoom, and the first of the two opens a page.
    const selection = select(element).call(zooming).on('dblclick.zoom', null);
    selection.call(zooming.transform, zoomIdentity);
    return () => void selection.on('.zoom', null);
  }, [width, height]);
  const steer = (
    change: (zooming: ZoomBehavior<HTMLCanvasElement, unknown>, element: HTMLCanvasElement) => void,
  ): void => {
    if (behaviour.current !== null && canvas.current !== null) change(behaviour.current, canvas.current);
  };
  return {
    pan: (x, y) =>
      steer((zooming, element) => {
        const { k } = zoomTransform(element);
        select(element).call(zooming.translateBy, x / k, y / k);
      }),
    scale: (factor, around) =>
      steer((zooming, element) => {
        const center = around === undefined ? undefined : zoomTransform(element).apply([...around]);
        select(element).call(zooming.scaleBy, factor, center);
      }),
    reset: () => steer((zooming, element) => void select(element).call(zooming.transform, zoomIdentity)),
    show: (x, y) =>
      steer((zooming, element) => {
        const transform = zoomTransform(element);
        const [left, top] = transform.apply([x, y]);
        const isSeen = left > 0.15 * width && left < 0.95 * width && top > 0.1 * height && top < 0.95 * height;
        if (!isSeen) select(element).call(zooming.translateTo, x, y);
      }),
  };
}
