/** The text of the script that a module bundles to, by itself; the builder makes it. */
declare module '*?worker' {
  export const source: string;
}
