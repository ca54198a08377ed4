import type { MutationKind } from './case.ts';
import * as content from './content-mutations.ts';
import * as file from './file-mutations.ts';
import * as proof from './proof-mutations.ts';
import * as record from './record-mutations.ts';

/** All kinds of mutations by their names. */
export const MUTATION_KINDS: Readonly<Record<string, MutationKind>> = { ...file, ...record, ...content, ...proof };
