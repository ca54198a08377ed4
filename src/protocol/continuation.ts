import { z } from 'zod';
import { sameBytes } from '../base/bytes.ts';
import { encodeCanonical } from '../base/canonical.ts';
import { addressSchema, digestSchema, roundSchema } from './wire-types.ts';

/** No study has more members. */
export const MAXIMUM_BASES = 64;

/** Where a member begins: its base of the first round, and the recipe that made it, as it signed them in the study before. */
const startSchema = z.strictObject({ member: addressSchema, base: digestSchema, recipe: digestSchema });

/** Says that a study goes on from a clean checkpoint of another one, without the work of some of its members. */
export const continuationSchema = z
  .strictObject({
    /** The study that it goes on from. */
    study: digestSchema,
    /** The first round of this study: rounds are counted on. */
    round: roundSchema,
    /** All accounts of the members that are left out, ascending. They take no part. */
    without: z.array(addressSchema).min(1).max(1024),
    /** By account, ascending; empty in round 0, where all begin from the initial model. */
    bases: z.array(startSchema).max(MAXIMUM_BASES),
  })
  .refine(({ round, bases }) => (round === 0) === (bases.length === 0), {
    error: 'bases are those of the first round, and of round 0 there are none',
    path: ['bases'],
  });

export type Continuation = z.infer<typeof continuationSchema>;

/** The part of a manifest that says where its study begins. */
export interface BeginningTerms {
  readonly continues: Continuation | null;
}

/** The first round of a study: 0, unless it continues another one. */
export const firstRoundOfStudy = ({ continues }: BeginningTerms): number => continues?.round ?? 0;

/** True for an account whose work the study is to be without. */
export const isLeftOut = ({ continues }: BeginningTerms, account: z.infer<typeof addressSchema>): boolean =>
  continues?.without.includes(account) ?? false;

/** What a study must have in common with the one that it continues, or its models would not fit. */
interface ModelTerms {
  readonly architecture: unknown;
  readonly segments: number;
  readonly initialModel: unknown;
}

/** True if a study has the model, the segments and the initial model of the one that it continues. */
export function hasSameModel(study: ModelTerms, before: ModelTerms): boolean {
  const encoded = ({ architecture, segments, initialModel }: ModelTerms): Uint8Array =>
    encodeCanonical({ architecture, segments, initialModel });
  return sameBytes(encoded(study), encoded(before));
}
