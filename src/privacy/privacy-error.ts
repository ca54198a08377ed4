import { ConsiliumError } from '../base/errors.ts';

/**
 * - `privacy/invalid-parameters`: a noise multiplier, sampling rate, step count or δ that no mechanism can have
 * - `privacy/unreachable`: no noise within bounds reaches the ε that is asked for
 */
export type PrivacyErrorCode = 'privacy/invalid-parameters' | 'privacy/unreachable';

/** Everything that `src/privacy` throws on purpose. */
export class PrivacyError extends ConsiliumError<PrivacyErrorCode> {}
