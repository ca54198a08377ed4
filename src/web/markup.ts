import { escapeHtml } from './escape-html.ts';

/** HTML or SVG that may stand in the page as it is. Only {@link markup} and {@link trustedMarkup} make it. */
class Markup {
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  toString(): string {
    return this.#source;
  }
}

export type { Markup };

/** What a template may hold. Text is escaped; numbers are rounded to hundredths; null is nothing. */
export type MarkupValue = string | number | Markup | null | readonly MarkupValue[];

/**
 * Template tag that escapes every text put into it, so that markup cannot come from data.
 * @example markup`<td>${member.name}</td>`
 */
export function markup(pieces: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  return new Markup(pieces.map((piece, i) => (i === 0 ? piece : render(values[i - 1] ?? null) + piece)).join(''));
}

/** A constant of this program, such as the style sheet, that goes in unescaped. Never data. */
export function trustedMarkup(source: string): Markup {
  return new Markup(source);
}

function render(value: MarkupValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(Math.round(value * 100) / 100) : '–';
  if (value instanceof Markup) return value.toString();
  return value.map(render).join('');
}
