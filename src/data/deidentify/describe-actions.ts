import { isPrivate } from './dicom-dictionary.ts';
import { printedTag } from './dicom-element.ts';
import { profileAttribute } from './profile-table.ts';

/** How often an attribute met an action. */
export interface ActionCount {
  readonly tag: string;
  /** As the table of the profile has it. */
  readonly name: string;
  readonly action: string;
  readonly count: number;
}

/**
 * Counts by tag and action in a form to read, in order of tags. Private tags are counted together: their numbers say which
 * device wrote them.
 */
export function describeActions(actions: ReadonlyMap<string, number>): ActionCount[] {
  const counts = new Map<string, ActionCount>();
  for (const [key, count] of [...actions].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [digits = '', action = ''] = key.split(' ');
    const tag = Number.parseInt(digits, 16);
    const printed = isPrivate(tag) ? '(odd,any)' : printedTag(tag);
    const known = counts.get(`${printed} ${action}`);
    const name = profileAttribute(tag)?.name ?? 'not named by the profile';
    counts.set(`${printed} ${action}`, { tag: printed, name, action, count: count + (known?.count ?? 0) });
  }
  return [...counts.values()];
}
