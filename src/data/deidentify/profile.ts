import { DataError } from '../data-error.ts';
import { ATTRIBUTE_OPTIONS, type AttributeOption, type ProfileAttribute } from './profile-table.ts';

/**
 * What is done with an attribute: keep it, remove it, empty it, put a dummy of its kind there, replace its UIDs, clean it of
 * what identifies.
 */
export type Action = 'keep' | 'remove' | 'empty' | 'dummy' | 'replace' | 'clean';

/** The Basic Profile of DICOM PS3.15, Annex E, with options. */
export type Profile = ReadonlySet<AttributeOption>;

/** Options that cannot be kept as promises, and why. */
export const REFUSED_OPTIONS: ReadonlyMap<string, string> = new Map([
  ['clean-structured-content', 'no program reads the text of a report safely; its content is replaced by dummies'],
  ['clean-graphics', 'overlays and annotations may show anything; they are removed'],
  [
    'clean-recognizable-visual-features',
    'faces in scans of the head are not defaced; leave such series out or deface them first',
  ],
]);

/**
 * @param names options as the command line has them
 * @throws DataError `data/option-refused` for an option that is unknown, refused or contradicts another one
 */
export function createProfile(names: readonly string[]): Profile {
  const refuse = (name: string, reason: string): never => {
    throw new DataError('data/option-refused', `option ${name} of the de-identification profile: ${reason}`);
  };
  for (const name of names) {
    const reason = REFUSED_OPTIONS.get(name);
    if (reason !== undefined) refuse(name, reason);
    if (!isAttributeOption(name)) refuse(name, `is unknown; there are ${offeredOptions().join(', ')}`);
  }
  const profile = new Set(names.filter(isAttributeOption));
  if (profile.has('retain-full-dates') && profile.has('retain-modified-dates')) {
    refuse('retain-full-dates', 'contradicts retain-modified-dates; choose one');
  }
  return profile;
}

/** The options that can be chosen. */
export function offeredOptions(): AttributeOption[] {
  return ATTRIBUTE_OPTIONS.filter((option) => !REFUSED_OPTIONS.has(option));
}

function isAttributeOption(name: string): name is AttributeOption {
  return ATTRIBUTE_OPTIONS.some((option) => option === name);
}

/** What a profile says of a row: keeping before cleaning before the Basic Profile. */
export function actionFor(attribute: ProfileAttribute, profile: Profile): Action {
  const letters = [...attribute.options].filter(([option]) => profile.has(option)).map(([, letter]) => letter);
  if (letters.includes('K')) return 'keep';
  return letters.includes('C') ? 'clean' : basicAction(attribute);
}

const BASIC_ACTIONS: Readonly<Record<string, Action>> = {
  X: 'remove',
  Z: 'empty',
  D: 'dummy',
  U: 'replace',
  'Z/D': 'dummy',
  'X/Z': 'empty',
  'X/D': 'dummy',
  'X/Z/D': 'dummy',
  'X/Z/U*': 'replace',
};

/**
 * Where the table leaves a choice by the type that the attribute has in its object definition, the last letter is taken: it
 * suits every type, and nothing identifying is left by any of them.
 */
export function basicAction({ basic }: ProfileAttribute): Action {
  return BASIC_ACTIONS[basic] ?? 'remove';
}
