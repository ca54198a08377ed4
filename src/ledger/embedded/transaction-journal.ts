import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ZodType } from 'zod';
import { ConsiliumError, messageOf } from '../../base/errors.ts';
import { splitJournal } from './journal-lines.ts';
import { type JournalHeader, type JournalRecord, journalHeaderSchema, journalRecordSchema } from './journal-record.ts';

/** A file of transactions, one a line, that only ever grows. */
export interface TransactionJournal {
  readonly path: string;
  /** What the file held when it was opened, with line numbers. */
  readonly records: readonly { readonly line: number; readonly record: JournalRecord }[];
  /** Bytes of a torn last line that were cut off when it was opened. */
  readonly droppedBytes: number;
  /** Resolves when the record is on the disk. After a failure the file must be opened anew. */
  append(record: JournalRecord): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the journal, or starts it with `header`.
 * @throws ConsiliumError `ledger/journal-damaged` with file and line
 * @throws ConsiliumError `ledger/journal-mismatch` if it belongs to another chain
 */
export async function openTransactionJournal(path: string, header: JournalHeader): Promise<TransactionJournal> {
  const file = await open(path, 'a+');
  try {
    const headerLine = `${JSON.stringify(header)}\n`;
    const content = await file.readFile();
    const { lines, completeBytes, tornBytes, unterminated } = splitJournal(content);
    const [first, ...rest] = lines;
    if (first === undefined && !headerLine.startsWith(content.toString('utf8'))) {
      throw journalDamaged(path, 1, 'it is not the beginning of a journal');
    }
    if (first !== undefined) requireSameChain(path, parseLine(path, first, journalHeaderSchema), header);
    const records = rest.map((line) => ({ line: line.number, record: parseLine(path, line, journalRecordSchema) }));

    if (tornBytes > 0) await file.truncate(completeBytes);
    if (unterminated) await file.appendFile('\n');
    if (first === undefined) await file.appendFile(headerLine);
    await file.sync();
    await syncDirectory(dirname(path));
    return {
      path,
      records,
      droppedBytes: tornBytes,
      append: (record) => appendRecord(file, record),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function appendRecord(file: FileHandle, { raw, timestamp, blockHash }: JournalRecord): Promise<void> {
  await file.appendFile(`${JSON.stringify({ raw, timestamp, blockHash })}\n`);
  await file.datasync();
}

/** A new file is durable only once its folder is. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function parseLine<T>(path: string, line: { number: number; text: string }, schema: ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(line.text));
  } catch (cause) {
    throw journalDamaged(path, line.number, messageOf(cause), cause);
  }
}

/** The error for a line that does not say what was once written there. */
export function journalDamaged(path: string, line: number, what: string, cause?: unknown): ConsiliumError {
  return new ConsiliumError(
    'ledger/journal-damaged',
    `${path}:${line} is damaged (${what}): put the file back from a copy; what comes before the line is intact`,
    { details: { path, line }, cause },
  );
}

function requireSameChain(path: string, found: JournalHeader, expected: JournalHeader): void {
  if (found.chainId === expected.chainId && found.genesisHash === expected.genesisHash) return;
  throw new ConsiliumError(
    'ledger/journal-mismatch',
    `${path} holds chain ${found.chainId} from block ${found.genesisHash}, but this program makes chain ` +
      `${expected.chainId} from block ${expected.genesisHash}: choose another folder, that chain id, or the program ` +
      'version that wrote it',
    { details: { path, found, expected } },
  );
}
