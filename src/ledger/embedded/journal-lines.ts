/** What a journal file holds: its complete lines, and how many bytes of a torn one come after them. */
export interface JournalLines {
  /** Each with the number that an editor shows for it, without the line feed. */
  readonly lines: readonly { readonly number: number; readonly text: string }[];
  /** Bytes taken by the complete lines, line feeds included. */
  readonly completeBytes: number;
  /** Bytes after them: the beginning of a line whose writing was cut short. It was never acknowledged. */
  readonly tornBytes: number;
  /** The last line is complete but for its line feed. */
  readonly unterminated: boolean;
}

const LINE_FEED = 0x0a;
const CLOSING_BRACE = 0x7d;

/**
 * Splits a journal into lines. A line ends in a closing brace and a line feed, written in this order; so a tail without
 * a brace was torn by a crash, while a tail with one is a whole record, or was damaged later: it is kept and looked at.
 */
export function splitJournal(content: Buffer): JournalLines {
  const lines: { number: number; text: string }[] = [];
  let start = 0;
  for (let end = content.indexOf(LINE_FEED); end !== -1; end = content.indexOf(LINE_FEED, start)) {
    lines.push({ number: lines.length + 1, text: content.toString('utf8', start, end) });
    start = end + 1;
  }
  const tail = content.subarray(start);
  if (!tail.includes(CLOSING_BRACE)) {
    return { lines, completeBytes: start, tornBytes: tail.length, unterminated: false };
  }
  lines.push({ number: lines.length + 1, text: tail.toString('utf8') });
  return { lines, completeBytes: content.length, tornBytes: 0, unterminated: true };
}
