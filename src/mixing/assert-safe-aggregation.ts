import { ConsiliumError } from '../base/errors.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { type Exposure, exposureOfPulls } from './attacker-exposure.ts';

/** A study may meet more attackers in a mix than its rule withstands with this probability, over all its rounds. */
export const TOLERATED_EXPOSURE = 1e-6;

/** What the check reads of a manifest. */
export type SafetyTerms = Pick<
  Manifest,
  'aggregation' | 'rounds' | 'segments' | 'pulls' | 'finalPulls' | 'minimumMembers' | 'maximumMembers'
>;

/**
 * Refuses a study whose choice of sources could bring more attackers into some honest member's mix than the rule withstands: by the
 * exact probability over all rounds, segments and honest members, for every number of members that the study may have, all of them
 * announcing. A rule that promises nothing against attackers is not judged.
 * @throws ConsiliumError `mixing/unsafe-aggregation`
 */
export function assertSafeAggregation(terms: SafetyTerms): void {
  const { aggregation, minimumMembers, maximumMembers } = terms;
  if (aggregation.rule === 'clipped-mean') return;
  for (let members = minimumMembers; members <= maximumMembers; members++) assertMajority(terms, members);
  if (aggregation.acceptsRisk) return;
  for (let members = minimumMembers; members <= maximumMembers; members++) {
    const risk = exposureOfStudy(terms, members);
    if (risk <= TOLERATED_EXPOSURE) continue;
    throw refusal(
      `with ${members} members, ${aggregation.attackers} of them attackers, and ${terms.pulls} pulls, some mix of the study has more ` +
        `than attackersPerMix ${aggregation.attackersPerMix} of them with probability ${risk.toPrecision(3)}, and ` +
        `${TOLERATED_EXPOSURE} is tolerated; raise attackersPerMix or pulls, or set aggregation.acceptsRisk`,
    );
  }
}

/** Probability that some mix of an honest member has more attackers than the rule withstands; 0 for a rule without any promise. */
export function exposureOfStudy(terms: SafetyTerms, members: number): number {
  const { aggregation, rounds, segments, pulls, finalPulls } = terms;
  if (aggregation.rule === 'clipped-mean') return 0;
  const { attackers, attackersPerMix } = aggregation;
  const mixes = segments * Math.max(1, members - attackers);
  const exposure: Exposure = { members, attackers, pulls, attackersPerMix };
  const usual = exposureOfPulls(exposure, mixes * (rounds - 1));
  const last = exposureOfPulls({ ...exposure, pulls: finalPulls }, mixes);
  return usual + last - usual * last;
}

/** Attackers must be outvoted in every mix, and there must be somebody who is none. */
function assertMajority({ aggregation, pulls }: SafetyTerms, members: number): void {
  if (aggregation.rule === 'clipped-mean') return;
  const { attackers, attackersPerMix } = aggregation;
  const sources = Math.min(pulls, members - 1) + 1;
  if (attackers >= members)
    throw refusal(`of ${members} members ${attackers} cannot be attackers; lower aggregation.attackers`);
  if (sources > 2 * attackersPerMix) return;
  throw refusal(
    `with ${members} members a mix has ${sources} sources, of which ${attackersPerMix} attackers are no minority; lower ` +
      'aggregation.attackersPerMix, or raise pulls or minimumMembers',
  );
}

function refusal(message: string): ConsiliumError<'mixing/unsafe-aggregation'> {
  return new ConsiliumError('mixing/unsafe-aggregation', message);
}
