/** What to compute with; `auto` is `native` where its library loads, else `wasm`. */
export const ENGINE_CHOICES = ['auto', 'wasm', 'native'] as const;

export type EngineChoice = (typeof ENGINE_CHOICES)[number];
