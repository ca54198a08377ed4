import type { PeerStatus } from './peer-status.ts';

/** What a member's page shows; plain JSON. */
export interface MemberView {
  readonly status: PeerStatus;
}
