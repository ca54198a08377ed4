import { z } from 'zod';

const hash = z.string().regex(/^0x[0-9a-f]{64}$/);

/** First line of a journal: what the transactions below it are replayed on. */
export const journalHeaderSchema = z.strictObject({
  format: z.literal('consilium-chain/1'),
  chainId: z.int().positive(),
  genesisHash: hash,
});

export type JournalHeader = z.infer<typeof journalHeaderSchema>;

/** Every other line: one transaction, in a block of its own. */
export const journalRecordSchema = z.strictObject({
  raw: z.string().regex(/^0x(?:[0-9a-f]{2})+$/),
  timestamp: z.int().positive(),
  blockHash: hash,
});

export type JournalRecord = z.infer<typeof journalRecordSchema>;
