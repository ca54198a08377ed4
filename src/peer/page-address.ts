import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';

/** Where a member's page is, kept from one run of the peer to the next, so that a page that is open finds the peer again. */
export const pageAddressSchema = z.strictObject({
  port: z.int().min(1).max(65_535),
  /** 256 bits, hexadecimal. */
  token: z.string().regex(/^[0-9a-f]{64}$/),
});

export type PageAddress = z.infer<typeof pageAddressSchema>;

/** The address of the last run, or null if there was none; what cannot be read counts as none. */
export async function readPageAddress(path: string): Promise<PageAddress | null> {
  try {
    return pageAddressSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

export async function writePageAddress(path: string, address: PageAddress): Promise<void> {
  const scratch = `${path}.${process.pid}`;
  await writeFile(scratch, `${JSON.stringify(address)}\n`, { mode: 0o600 });
  await rename(scratch, path);
}

export const freshToken = (): string => randomBytes(32).toString('hex');

/** What to open in a browser. The fragment is sent to nobody. @param url of the server */
export const pageLink = (url: string, token: string): string => `${url}/#token=${token}`;
