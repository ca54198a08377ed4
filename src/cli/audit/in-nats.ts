/** A score for people, in nats; a dash where there is none. */
export const inNats = (micros: number | null): string => (micros === null ? '–' : (micros / 1e6).toFixed(4));
