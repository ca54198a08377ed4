import { ConsiliumError } from '../base/errors.ts';

export type PeerErrorCode =
  | 'peer/config-invalid'
  | 'peer/double-signing'
  | 'peer/guard-not-synchronised'
  | 'peer/guard-file-invalid'
  | 'peer/restored-backup'
  | 'peer/left-behind'
  | 'peer/manifest-mismatch'
  | 'peer/no-model'
  | 'peer/not-a-member'
  | 'peer/not-in-study'
  | 'peer/initial-model-mismatch'
  | 'peer/data-unsuitable'
  | 'peer/port-in-use'
  | 'peer/data-erased'
  | 'peer/left-out'
  | 'peer/no-clean-checkpoint'
  | 'peer/not-continued'
  | 'peer/privacy-budget'
  | 'peer/store-locked'
  | 'peer/store-unwritable'
  | 'peer/takes-part'
  | 'peer/store-version'
  | 'peer/data-folder-invalid';

/** What keeps a peer from running. */
export class PeerError extends ConsiliumError<PeerErrorCode> {}
