export interface MeterProps {
  /** What is measured, for people who do not see the bar. */
  readonly label: string;
  readonly value: number;
  readonly maximum: number;
  /** The same in words; stands below the bar. */
  readonly text: string;
  /** How it is meant where much is not simply more. */
  readonly tone?: 'warn' | 'bad';
}

/** How much of a whole there is, as a bar and in words. */
export function Meter({ label, value, maximum, text, tone }: MeterProps) {
  const share = maximum <= 0 ? 0 : Math.min(1, Math.max(0, value / maximum));
  return (
    <div class={`meter ${tone ?? ''}`}>
      <div
        class="meter-bar"
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={maximum}
        aria-valuenow={Math.min(value, maximum)}
        aria-valuetext={text}
      >
        <div class="meter-fill" style={{ width: `${100 * share}%` }} />
      </div>
      <span>{text}</span>
    </div>
  );
}
