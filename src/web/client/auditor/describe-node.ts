import type { LineageView } from '../../auditor/lineage-view.ts';
import { percent, whole } from '../shell/format.ts';
import type { LineageIndex } from './lineage-layout.ts';

/** A contribution that is part of another one, or that another one is part of. */
export interface LineageNeighbour {
  readonly name: string;
  readonly share: number;
}

/** What a contribution is called: whose, and of which round. */
export function nameNode({ nodes }: LineageView, { names }: LineageIndex, place: number): string {
  const node = nodes[place];
  const member = names[node?.row ?? -1] ?? '';
  return node?.isFinal === true ? `final model of ${member}` : `${member}, round ${node?.round ?? ''}`;
}

/** What it was trained from, the largest share first. */
export function sourcesOf(view: LineageView, index: LineageIndex, place: number): LineageNeighbour[] {
  return (index.into[place] ?? [])
    .flatMap((edge) => {
      const link = view.edges[edge];
      return link === undefined ? [] : { name: nameNode(view, index, link[0]), share: link[2] };
    })
    .toSorted((a, b) => b.share - a.share);
}

/** How many contributions and final models it went into with a share. */
export function targetsOf({ edges }: LineageView, { from }: LineageIndex, place: number): number {
  return (from[place] ?? []).filter((edge) => (edges[edge]?.[2] ?? 0) > 0).length;
}

const SOURCES_NAMED = 5;

/** What a contribution was made of, in a few words; its page has all of it. */
export function originOf(view: LineageView, index: LineageIndex, place: number): string {
  const node = view.nodes[place];
  if (node?.isUnknown === true) return 'not known: its recipe is not in the bundle';
  if (node !== undefined && node.round <= view.firstRound) return 'what the study began with';
  const sources = sourcesOf(view, index, place).filter(({ share }) => share > 0);
  if (sources.length === 0) return 'nothing that is recorded';
  const named = sources.slice(0, SOURCES_NAMED).map(({ name, share }) => `${name} (${percent(share)})`);
  const rest = sources.slice(SOURCES_NAMED);
  const restShare = rest.reduce((sum, { share }) => sum + share, 0);
  return [...named, ...(rest.length === 0 ? [] : [`${rest.length} more (${percent(restShare)})`])].join('; ');
}

/** All of it in one sentence, for who hears the page. */
export function describeNode(view: LineageView, index: LineageIndex, place: number): string {
  const entry = view.nodes[place]?.entry ?? null;
  const where = entry === null ? 'not on the ledger' : `entry ${whole(entry)}`;
  return `${nameNode(view, index, place)}, ${where}. Made of ${originOf(view, index, place)}. Went into ${whole(targetsOf(view, index, place))} others.`;
}
