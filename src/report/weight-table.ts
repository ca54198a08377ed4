import { formatNumber } from './format-number.ts';
import type { Lineage } from './lineage.ts';
import { type Markup, markup } from './markup.ts';
import { memberChip } from './member-style.ts';

/** Who learned from whom: mean weight of each source in each member's mixes, in per cent. */
export function weightTable(lineage: Lineage): Markup {
  const weights = meanWeights(lineage);
  const head = lineage.names.map(
    (name, member) => markup`<th scope="col" title="${name}">${memberChip(member)}<span class="sr">${name}</span></th>`,
  );
  const largest = Math.max(...weights.flat().map((weight) => weight ?? 0));
  const rows = lineage.names.map(
    (
      name,
      member,
    ) => markup`<tr><th scope="row">${memberChip(member)}<bdi>${name}</bdi></th>${(weights[member] ?? []).map((weight) => drawCell(weight, largest))}</tr>
`,
  );
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Mean weights"><table class="weights"><thead><tr><th scope="col">mixes of ↓ hold work of →</th>${head}</tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

/** Shaded in proportion to the largest of all weights. */
function drawCell(weight: number | null, largest: number): Markup {
  if (weight === null || largest === 0) return markup`<td>${formatNumber(weight)}</td>`;
  return markup`<td style="--w:${Math.round((weight / largest) * 100)}%">${formatNumber(weight * 100)}</td>`;
}

/** By mixing member, then by source; null in the rows of members without a mix. */
function meanWeights({ names, mixes }: Lineage): (number | null)[][] {
  return names.map((_, member) => {
    const own = mixes.filter((mix) => mix.member === member);
    const sums = names.map(() => 0);
    for (const source of own.flatMap((mix) => mix.sources))
      sums[source.member] = (sums[source.member] ?? 0) + source.weight;
    return sums.map((sum) => (own.length === 0 ? null : sum / own.length));
  });
}
