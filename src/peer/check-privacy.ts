import type { Architecture } from '../model/architecture.ts';
import { mixesSamples } from '../model/mixes-samples.ts';
import type { TrainingOptions } from '../model/training-options.ts';
import { epsilonMicros, roundMechanism } from '../privacy/round-mechanism.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { PeerError } from './peer-error.ts';

/**
 * A member that could not finish the study within its budget is told so before it joins.
 * @param records the member's training records
 * @throws PeerError `peer/privacy-budget`, `peer/config-invalid`
 */
export function checkPrivacy(
  manifest: Manifest,
  { architecture, training }: { readonly architecture: Architecture; readonly training: TrainingOptions },
  records: number,
): void {
  const { privacy, rounds, epsilonBudgetMicros, deltaBudgetPicos } = manifest;
  const mechanism = roundMechanism(privacy, records);
  if (mechanism === null) return;
  if (privacy.unit === 'record') requireClippable(architecture, training);
  if (training.outer !== undefined) throw unsound('an outer step', 'tells of earlier rounds beyond the clipping');
  const total = epsilonMicros([{ ...mechanism, steps: mechanism.steps * rounds }], deltaBudgetPicos);
  if (total <= epsilonBudgetMicros) return;
  throw new PeerError(
    'peer/privacy-budget',
    `with ${records} training records ${rounds} rounds cost ε = ${total / 1e6}, and the study allows ${epsilonBudgetMicros / 1e6}: ` +
      'a record is in a batch too often; take part with more records, or ask for a study with more noise',
  );
}

/** Each record must act on a step by its own clipped gradient, and by nothing else. */
function requireClippable(architecture: Architecture, training: TrainingOptions): void {
  if (training.classWeights !== 'none') {
    throw unsound(`classWeights "${training.classWeights}"`, 'counts records without noise');
  }
  if (training.patience !== undefined) throw unsound('patience', 'looks at held-out records');
  if (mixesSamples(architecture))
    throw unsound('a network that mixes samples', 'leaves no record a gradient of its own');
}

function unsound(option: string, reason: string): PeerError {
  return new PeerError(
    'peer/config-invalid',
    `the manifest asks for privacy and for ${option}, which ${reason}; ask for a study without one of them`,
  );
}
