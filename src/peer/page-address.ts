import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

/** Where a member's page is, kept from one run of the peer to the next, so that a page that is open finds the peer again. */
export const pageAddressSchema = z.strictObject({
  port: z.int().min(1).max(65_535),
  /** 256 bits, hexadecimal. */
  token: z.string().regex(/^[0-9a-f]{64}$/),
});

export type PageAddress = z.infer<typeof pageAddressSchema>;

/** The address of the last run. Null if there was none, or if the file is not one that only this user could read: the token may be known then. */
export async function readPageAddress(path: string): Promise<PageAddress | null> {
  try {
    return pageAddressSchema.parse(JSON.parse((await readPrivateFile(path)) ?? ''));
  } catch {
    return null; // no address, or none of ours
  }
}

export async function writePageAddress(path: string, address: PageAddress): Promise<void> {
  await writePrivateFile(path, `${JSON.stringify(address)}\n`);
}

export const freshToken = (): string => randomBytes(32).toString('hex');

/** What to open in a browser. The fragment is sent to nobody. @param url of the server */
export const pageLink = (url: string, token: string): string => `${url}/#token=${token}`;
