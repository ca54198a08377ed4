/** Bytes that can be read from any place on: those of a file, or of what somebody dropped on a page. */
export interface ByteSource {
  readonly size: number;
  /** The bytes from `offset` on, at most `length` and fewer only at the end; the caller may keep them. */
  read(offset: number, length: number): Promise<Uint8Array>;
}
