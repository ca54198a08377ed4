import { formatPercent } from './format-number.ts';
import type { Lineage, LineageMix } from './lineage.ts';

/** A mix in words, for tooltips. */
export function describeMix({ names }: Lineage, { member, round, sources }: LineageMix): string {
  const parts = sources.map((source) => {
    const late = source.stale ? ` (stale, of round ${source.round})` : '';
    return `${formatPercent(source.weight, 0)} ${names[source.member]}${late}`;
  });
  return `Mix of ${names[member]} in round ${round}: ${parts.join(', ') || 'nothing'}`;
}
