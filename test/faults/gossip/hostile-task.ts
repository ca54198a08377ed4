/** What a hostile member, or a stranger, is told to do. It runs in a process of its own. */
export type HostileTask =
  | { readonly do: 'join'; readonly member: number; readonly victims: readonly string[] }
  | { readonly do: 'flood'; readonly kind: FloodKind; readonly seconds: number }
  | { readonly do: 'frames'; readonly frames: number; readonly seed: string }
  | { readonly do: 'knock'; readonly victim: string; readonly strangers: number; readonly connects: number };

/** What an admitted member can send without end. */
export const FLOOD_KINDS = [
  'rejected records',
  'the same record',
  'signed records',
  'subscriptions',
  'ihave',
  'iwant',
  'idontwant',
  'graft',
  'record requests',
  'address requests',
  'segment requests',
  'unread segments',
  'half requests',
  'connections',
] as const;

export type FloodKind = (typeof FLOOD_KINDS)[number];

export interface HostileAnswers {
  join: null;
  /** How often it sent, opened or connected. */
  flood: { readonly sent: number };
  frames: { readonly sent: number };
  knock: { readonly attempts: number; readonly streams: number };
}
