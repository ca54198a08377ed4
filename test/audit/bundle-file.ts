import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Evidence } from '../../src/audit/evidence.ts';
import { writeBundle } from '../../src/audit/write-bundle.ts';
import type { Hex } from '../../src/base/bytes.ts';
import type { SyntheticStudy } from './synthetic-study.ts';

/** What a bundle says otherwise than its study. */
export interface BundleChange {
  readonly evidence?: (evidence: Evidence) => Evidence;
  /** A block that is left out. */
  readonly without?: Hex;
}

/** Writes bundles into a folder that is gone after the test file. */
export function bundleFiles(): (study: SyntheticStudy, change?: BundleChange) => Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'consilium-bundles-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let files = 0;
  return async (study, { evidence, without } = {}) => {
    const path = join(folder, `${files++}.car`);
    const read = async (name: Hex) => (name === without ? null : (study.blobs.get(name) ?? null));
    await writeBundle(path, evidence?.(study.evidence) ?? study.evidence, study.manifest, read);
    return path;
  };
}
