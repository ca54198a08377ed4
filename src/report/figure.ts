import { type Markup, type MarkupValue, markup } from './markup.ts';

export interface FigureOptions {
  /** Unique in the page: the accessible title and description refer to it. */
  readonly id: string;
  readonly heading: string;
  /** What the plot shows and in which units, in words; also read out in place of the drawing. */
  readonly description: string;
  readonly legend?: MarkupValue;
  readonly drawing: Drawing;
  /** Stands below the drawing: a table of what it shows. */
  readonly after?: MarkupValue;
  readonly className?: string;
}

/** The inside of an SVG element and its size in drawing units. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly body: Markup;
  /** True to keep its size and scroll sideways on narrow screens. */
  readonly scrolls?: boolean;
}

/** A drawing with its heading, legend and description. */
export function figure({
  id,
  heading,
  description,
  legend = null,
  drawing,
  after = null,
  className = '',
}: FigureOptions): Markup {
  return markup`<figure class="card ${className}" id="${id}"><figcaption><h3>${heading}</h3><p class="note">${description}</p></figcaption>
${legend === null ? null : markup`<div class="legend">${legend}</div>`}${svg(id, heading, description, drawing)}${after === null ? null : markup`<div class="scroll after">${after}</div>`}</figure>
`;
}

function svg(
  id: string,
  heading: string,
  description: string,
  { width, height, body, scrolls = false }: Drawing,
): Markup {
  const size = markup`style="--units:${width}${scrolls ? `;min-width:${width}px` : ''}"`;
  return markup`<div class="scroll figure-plot"${scrolls ? markup` tabindex="0" role="region" aria-label="${heading}"` : null}><svg class="plot${scrolls ? ' wide-plot' : ''}" viewBox="0 0 ${width} ${height}" ${size} role="img" aria-labelledby="${id}-t ${id}-d"><title id="${id}-t">${heading}</title><desc id="${id}-d">${description}</desc>
${body}</svg></div>`;
}
