import { z } from 'zod';
import { type Hex, sha256, toHex } from '../base/bytes.ts';
import { encodeCanonical } from '../base/canonical.ts';
import { ConsiliumError } from '../base/errors.ts';
import { aggregationSchema } from './aggregation-terms.ts';
import { MAXIMUM_SEGMENTS } from './announcement.ts';
import { continuationSchema } from './continuation.ts';
import { privacySchema } from './privacy-terms.ts';
import { codecSchema } from './segment-codec.ts';
import { subgroupTermsSchema } from './site-figures.ts';
import { valuationTermsSchema } from './valuation-terms.ts';
import { digestSchema } from './wire-types.ts';

/** Plain JSON whose meaning belongs to another layer, which checks it with a schema of its own. */
const opaqueSchema = z.record(z.string(), z.json());

/** Everything that the members of a study agree on before it begins. Its digest is the study's name on chain. */
export const manifestSchema = z
  .strictObject({
    type: z.literal('consilium/manifest/1'),
    title: z.string().min(1).max(200),
    /** Makes two studies with the same terms two studies. */
    nonce: digestSchema,
    /** What samples look like and how raw values become inputs, checked by the data layer; null: as the members have arranged it. */
    input: opaqueSchema.nullable(),
    /** Checked by the model layer. */
    architecture: opaqueSchema,
    /** Checked by the model layer. */
    training: opaqueSchema,
    initialModel: z.strictObject({ seed: z.string().min(1).max(200), digest: digestSchema }),
    /** Null for a study that begins by itself. */
    continues: continuationSchema.nullable(),
    /** Training rounds; of a study that continues another one, those of that among them. */
    rounds: z.int().min(1).max(100_000),
    /** Training begins once this many have joined. */
    minimumMembers: z.int().min(2).max(64),
    maximumMembers: z.int().min(2).max(64),
    /** S: how many segments a model is cut into. */
    segments: z.int().min(1).max(MAXIMUM_SEGMENTS),
    /** R: how many members each segment is pulled from; where there are fewer others, all of them. */
    pulls: z.int().min(1).max(63),
    /** R of the last round; pulling from everybody once brings the members' models together. */
    finalPulls: z.int().min(1).max(63),
    /** How the segments of updates are written. */
    codec: codecSchema,
    /** Differential privacy, whose budget `epsilonBudgetMicros` is. */
    privacy: privacySchema,
    /** How contributions are mixed. */
    aggregation: aggregationSchema,
    staleness: z.strictObject({
      /** A contribution may be mixed up to this many rounds late. */
      boundRounds: z.int().min(0).max(1000),
      /** Each round of lateness multiplies its weight by this. */
      discount: z.number().gt(0).max(1),
    }),
    waiting: z.strictObject({
      /** The share of all participants without whose announcements no round ends; with it, the grace period does. */
      quorum: z.number().gt(0).max(1),
      /** How long a connected member is waited for once the quorum is there. */
      graceSeconds: z.number().min(0).max(86_400),
      /** How long a member whose connection is gone is waited for. */
      lostGraceSeconds: z.number().min(0).max(86_400),
    }),
    /** Cumulative ε per member in millionths that the ledger allows; zero: no differential privacy is asked for. */
    epsilonBudgetMicros: z.int().min(0).max(0xffff_ffff),
    /** δ at which ε is stated, in millionths of millionths: 10,000,000 is 10⁻⁵. */
    deltaBudgetPicos: z.int().min(0).max(0xffff_ffff),
    /** How contributions are scored. */
    valuation: valuationTermsSchema,
    /** Groups that members tell figures of beside those of their whole test parts; left out for none. */
    subgroups: subgroupTermsSchema.optional(),
  })
  .refine(({ continues, rounds }) => continues === null || continues.round < rounds, {
    error: 'the study must have rounds after the one that it begins with',
    path: ['continues', 'round'],
  })
  .refine((manifest) => manifest.pulls <= manifest.finalPulls, { error: 'finalPulls must not be below pulls' })
  .refine((manifest) => manifest.minimumMembers <= manifest.maximumMembers, {
    error: 'minimumMembers must not be above maximumMembers',
  })
  .refine(
    ({ privacy, epsilonBudgetMicros, deltaBudgetPicos }) =>
      privacy.unit === 'none' ? epsilonBudgetMicros === 0 : epsilonBudgetMicros > 0 && deltaBudgetPicos > 0,
    { error: 'a budget of ε and δ belongs to a privacy unit, and the other way round', path: ['privacy'] },
  );

export type Manifest = z.infer<typeof manifestSchema>;

/** The study's identifier: SHA-256 of the manifest in canonical encoding. */
export function studyOf(manifest: Manifest): Hex {
  return toHex(sha256(encodeCanonical(manifest)));
}

/**
 * Reads a manifest from JSON text.
 * @param source where the text is from, for the message
 * @throws ConsiliumError `protocol/manifest-invalid`
 */
export function parseManifest(text: string, source: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ConsiliumError('protocol/manifest-invalid', `${source} is not JSON; fetch the manifest again`, { cause });
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.join('.') || 'the manifest';
  throw new ConsiliumError(
    'protocol/manifest-invalid',
    `${source}: ${place}: ${issue?.message}; fetch the manifest again`,
  );
}
