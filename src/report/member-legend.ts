import { type Markup, markup } from './markup.ts';
import { memberChip } from './member-style.ts';

/** Names with their marks. */
export function memberLegend(names: readonly string[]): Markup[] {
  return names.map(
    (name, position) => markup`<span>${memberChip(position)}<bdi>${name}</bdi></span>
`,
  );
}
