import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBundle } from '../../src/audit/read-bundle.ts';
import { writeBundle } from '../../src/audit/write-bundle.ts';
import { type BundleStudy, openBundleStudy } from '../../src/web/auditor/open-bundle-study.ts';
import { type Cheat, type SyntheticStudy, syntheticStudy } from '../audit/synthetic-study.ts';

export interface OpenedSynthetic {
  readonly synthetic: SyntheticStudy;
  readonly study: BundleStudy;
  /** The bundle's file. */
  readonly path: string;
  close(): Promise<void>;
}

/** A study as an auditor's page has it, from a bundle on disk. */
export async function openSyntheticStudy(title: string, cheat?: Cheat): Promise<OpenedSynthetic> {
  const synthetic = await syntheticStudy(cheat, undefined, undefined, { title });
  const folder = await mkdtemp(join(tmpdir(), 'consilium-page-'));
  const path = join(folder, 'study.car');
  await writeBundle(path, synthetic.evidence, synthetic.manifest, async (name) => synthetic.blobs.get(name) ?? null);
  const bundle = await openBundle(path);
  return {
    synthetic,
    study: await openBundleStudy(bundle, null),
    path,
    close: async () => {
      await bundle.close();
      await rm(folder, { recursive: true });
    },
  };
}
