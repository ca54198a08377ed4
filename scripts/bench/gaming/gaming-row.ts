/** What one attack comes to: the figure that the defence leaves, beside that of the control, which the attack must fool. */
export interface GamingRow {
  readonly attack: string;
  readonly figure: string;
  readonly defended: number;
  /** Null where the row has no control of its own. */
  readonly control: number | null;
  readonly unit: '%' | 'ranks' | 'τ';
  /** What the defended figure must not pass; null where it is only reported. */
  readonly most: number | null;
}

export const holds = ({ defended, most }: GamingRow): boolean => most === null || defended <= most;
