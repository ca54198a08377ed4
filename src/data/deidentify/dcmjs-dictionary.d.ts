/** The dictionary comes without declarations of its own. */
declare module 'dcmjs/dictionary' {
  /** By tag as the standard prints it, for instance (0010,0010); repeating groups as (60xx,3000). */
  export const dictionary: Readonly<
    Record<string, { readonly vr: string; readonly name: string; readonly version?: string }>
  >;
}
