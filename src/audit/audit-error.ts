import { ConsiliumError } from '../base/errors.ts';

/** What keeps an audit from beginning; whatever it discovers afterwards is a finding. */
export class AuditError extends ConsiliumError<
  | 'audit/bundle-unreadable'
  | 'audit/bundle-of-another-contract'
  | 'audit/manifest-missing'
  | 'audit/no-such-record'
  | 'audit/not-the-predecessor'
  | 'audit/nothing-to-prove'
  | 'audit/not-recomputable'
> {}
