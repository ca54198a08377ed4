import { decodeCanonical } from '../base/canonical.ts';
import { documentName } from '../protocol/content-id.ts';
import { type Manifest, manifestSchema } from '../protocol/manifest.ts';
import type { BundleFile } from './bundle-file.ts';

/**
 * The manifest that the study is named after; null if it is not in the bundle. The bytes are those that the study's name is the digest of,
 * so beyond that only an impossible manifest is none.
 */
export async function readManifest({ root, read }: Pick<BundleFile, 'root' | 'read'>): Promise<Manifest | null> {
  const bytes = await read(documentName(root.study));
  if (bytes === null) return null;
  try {
    return manifestSchema.parse(decodeCanonical(bytes));
  } catch {
    return null; // a finding of the audit
  }
}
