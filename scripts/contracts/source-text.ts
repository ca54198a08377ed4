/**
 * The compiler counts bytes, JavaScript counts UTF-16 units. So sources are edited as strings with one character per
 * byte, and turned back at the end.
 */
export function toByteText(content: string): string {
  return Buffer.from(content, 'utf8').toString('latin1');
}

export function fromByteText(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

/** Replaces the bytes from `start` up to `end`, or inserts where they are equal. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** Applies edits that do not overlap; insertions at one place stay in the order of the list. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const ordered = edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
  let position = 0;
  let result = '';
  for (const { start, end, replacement } of ordered) {
    if (start < position) throw new Error(`two edits overlap at byte ${start}: '${replacement}'`);
    result += text.slice(position, start) + replacement;
    position = end;
  }
  return result + text.slice(position);
}

/** The line of a byte, counted from one. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
