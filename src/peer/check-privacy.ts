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
  { privacy, rounds, epsilonBudgetMicros, deltaBudgetPicos }: Manifest,
  training: TrainingOptions,
  records: number,
): void {
  const mechanism = roundMechanism(privacy, records);
  if (mechanism === null) return;
  if (privacy.unit === 'record' && training.classWeights !== 'none') {
    throw unsound(`classWeights "${training.classWeights}"`, 'counts records without noise');
  }
  if (privacy.unit === 'record' && training.patience !== undefined)
    throw unsound('patience', 'looks at held-out records');
  if (training.outer !== undefined) throw unsound('an outer step', 'tells of earlier rounds beyond the clipping');
  const total = epsilonMicros([{ ...mechanism, steps: mechanism.steps * rounds }], deltaBudgetPicos);
  if (total <= epsilonBudgetMicros) return;
  throw new PeerError(
    'peer/privacy-budget',
    `with ${records} training records ${rounds} rounds cost ε = ${total / 1e6}, and the study allows ${epsilonBudgetMicros / 1e6}: ` +
      'a record is in a batch too often; take part with more records, or ask for a study with more noise',
  );
}

function unsound(option: string, reason: string): PeerError {
  return new PeerError(
    'peer/config-invalid',
    `the manifest asks for privacy and for ${option}, which ${reason}; ask for a study without one of them`,
  );
}
