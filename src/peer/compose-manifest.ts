import { sha256, toHex } from '../base/bytes.ts';
import type { InputSpec } from '../data/input-spec.ts';
import type { Architecture } from '../model/architecture.ts';
import { initialParameters } from '../model/initial-parameters.ts';
import { layoutOf } from '../model/parameter-layout.ts';
import type { TrainingOptions } from '../model/training-options.ts';
import type { AggregationTerms } from '../protocol/aggregation-terms.ts';
import { type Manifest, manifestSchema } from '../protocol/manifest.ts';
import type { PrivacyTerms } from '../protocol/privacy-terms.ts';
import type { Codec } from '../protocol/segment-codec.ts';
import { segmentModel } from '../protocol/segments.ts';
import type { SubgroupTerms } from '../protocol/site-figures.ts';
import type { ValuationMethod } from '../protocol/valuation-terms.ts';
import { composeAggregation, recommendedRule } from './compose-aggregation.ts';
import { composeValuation } from './compose-valuation.ts';

export interface StudyTerms {
  readonly title: string;
  readonly members: number;
  readonly rounds: number;
  readonly segments: number;
  readonly pulls: number;
  /** Seeds the initial model, and makes the study's name. */
  readonly seed: string;
  /** What samples look like; nothing is said of it where this is left out. */
  readonly input?: InputSpec;
  readonly architecture: Architecture;
  readonly training: TrainingOptions;
  /** How updates are written; 32-bit floats if not said. */
  readonly codec?: Codec['name'];
  /** Differential privacy with its budget; none if not said. */
  readonly privacy?: PrivacyBudget;
  /** Groups that members tell figures of; none if not said. */
  readonly subgroups?: SubgroupTerms;
  /** How contributions are mixed; {@link recommendedRule} if not said. */
  readonly rule?: AggregationTerms['rule'];
  /** How contributions are scored; exact Shapley values for few if not said. */
  readonly valuation?: ValuationMethod;
}

/** Terms of privacy, and what a member may spend. */
export interface PrivacyBudget {
  readonly terms: PrivacyTerms;
  readonly epsilon: number;
  readonly delta: number;
}

/** Codecs by name, with the values that we recommend. */
const CODECS: Readonly<Record<Codec['name'], Codec>> = {
  float32: { name: 'float32' },
  float16: { name: 'float16' },
  int8: { name: 'int8', blockLength: 256 },
  'top-k': { name: 'top-k', share: 0.1, denseEvery: 5 },
};

/** A manifest with the values that we recommend for what is not said. */
export function composeManifest(terms: StudyTerms): Manifest {
  const { architecture, training, members, rounds, pulls } = terms;
  const segments = Math.min(terms.segments, layoutOf(architecture).parameterCount);
  const initial = segmentModel(initialParameters(architecture, terms.seed), segments);
  return manifestSchema.parse({
    type: 'consilium/manifest/1',
    title: terms.title,
    nonce: toHex(sha256(Buffer.from(`consilium/study/${terms.seed}`))),
    input: terms.input ?? null,
    architecture,
    training,
    continues: null,
    initialModel: { seed: terms.seed, digest: initial.root },
    rounds,
    minimumMembers: members,
    maximumMembers: members,
    segments,
    pulls,
    finalPulls: Math.max(pulls, members - 1),
    codec: CODECS[terms.codec ?? 'float32'],
    privacy: terms.privacy?.terms ?? { unit: 'none' },
    aggregation: composeAggregation(terms.rule ?? recommendedRule(members), members, pulls),
    staleness: { boundRounds: 3, discount: 0.5 },
    // Two thirds must be there; of two members one, or nothing could ever go on without the other.
    waiting: { quorum: members === 2 ? 0.5 : 0.66, graceSeconds: 60, lostGraceSeconds: 2 },
    epsilonBudgetMicros: Math.floor((terms.privacy?.epsilon ?? 0) * 1e6),
    deltaBudgetPicos: Math.round((terms.privacy?.delta ?? 0) * 1e12),
    valuation: composeValuation(terms.valuation ?? 'shapley'),
    ...(terms.subgroups === undefined ? {} : { subgroups: terms.subgroups }),
  });
}
