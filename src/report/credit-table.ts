import { formatMillinats } from './format-number.ts';
import { type Markup, markup } from './markup.ts';
import { memberChip } from './member-style.ts';
import type { ReportMember } from './report-data.ts';

/** What each member's final model owes to each member's training, in millinats. */
export function creditTable(members: readonly ReportMember[]): Markup {
  const largest = Math.max(...members.flatMap(({ modelCredits }) => modelCredits ?? []));
  const head = members.map(
    ({ name }, member) =>
      markup`<th scope="col" title="${name}">${memberChip(member)}<span class="sr">${name}</span></th>`,
  );
  const rows = members.map(
    ({ name, modelCredits }, member) =>
      markup`<tr><th scope="row">${memberChip(member)}<bdi>${name}</bdi></th>${members.map((_, source) => drawCell(modelCredits?.[source], largest))}</tr>
`,
  );
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Credits of the final models"><table class="weights"><thead><tr><th scope="col">final models of ↓ owe to →</th>${head}</tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

/** Shaded in proportion to the largest credit; what is below zero is not. */
function drawCell(micros: number | undefined, largest: number): Markup {
  if (micros === undefined || !(micros > 0)) return markup`<td>${formatMillinats(micros)}</td>`;
  return markup`<td style="--w:${Math.round((micros / largest) * 100)}%">${formatMillinats(micros)}</td>`;
}
