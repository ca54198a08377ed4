import { type Hex, ZERO_DIGEST } from '../base/bytes.ts';
import type { Announcement } from '../protocol/announcement.ts';
import { documentName, segmentName } from '../protocol/content-id.ts';
import { firstRoundOfStudy } from '../protocol/continuation.ts';
import { isClosing } from '../protocol/contribution.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { rootOfDigests } from '../protocol/segments.ts';
import type { BundleFile } from './bundle-file.ts';
import { checkLayout } from './check-layout.ts';
import { checkBlocks, checkSegments } from './check-records.ts';
import { checkTerms } from './check-terms.ts';
import type { Finding } from './finding.ts';
import { damagedBlocks, namedBlocks } from './named-blocks.ts';
import { readManifest } from './read-manifest.ts';

/** What was found behind a bundle's records. */
export interface ContentVerification {
  /** Null if the bundle does not hold the manifest that the study is named after. */
  readonly manifest: Manifest | null;
  /** Contributions whose segments were held against their update. */
  readonly updates: number;
  readonly findings: readonly Finding[];
}

/**
 * Verifies what a bundle's records name, as a stream: the manifest and the terms that the study was opened with, the Merkle roots over what it
 * begins with and over the segments of every update, and that each block is there, with the bytes of its digest and in its place. Together with
 * `verifyLedger` that is everything but the order of records, what recipes and metrics say, and what takes a chain. Memory: one chunk of records, and a line for each block.
 * @param participants accounts that joined the study
 */
export async function verifyContents(
  file: BundleFile,
  participants: readonly Hex[],
  onProgress: (done: number, total: number) => void = () => {},
): Promise<ContentVerification> {
  const { root, scan } = file;
  const manifest = await readManifest(file);
  const findings = manifest === null ? [MANIFEST_MISSING] : await verifyBeginning(file, manifest, participants);
  const names = new Set(scan.sections.map(({ name }) => name));
  const total = root.announcements.reduce((sum, { items }) => sum + items, 0);
  let [updates, done] = [0, 0];
  for await (const announcement of announcementsOf(file)) {
    if (manifest !== null) {
      findings.push(...checkSegments(announcement, manifest), ...checkDocuments(announcement, manifest, names));
    }
    if (!isClosing(announcement.record)) updates += 1;
    done += 1;
    if (done % 100 === 0 || done === total) onProgress(done, total);
  }
  const named = () => namedBlocks({ initialModel: root.initialModel, announcements: announcementsOf(file) });
  const blocks = { damaged: damagedBlocks(scan), hasSegment: (digest: Hex) => names.has(segmentName(digest)) };
  const ofBlocks = [...(await checkBlocks(named(), blocks)), ...(await checkLayout(root, scan, named()))];
  return { manifest, updates, findings: [...findings, ...ofBlocks] };
}

const MANIFEST_MISSING: Finding = {
  code: 'audit/manifest-mismatch',
  message: "the bundle does not hold the manifest with the study's digest",
};

/** Recipe and metrics of a contribution are in the bundle; that a recipe is wanting is told of the round that was mixed. */
function checkDocuments({ record }: Announcement, manifest: Manifest, names: ReadonlySet<string>): Finding[] {
  const { member, round, recipe, metrics } = record;
  const isMissing = (digest: Hex): boolean => digest !== ZERO_DIGEST && !names.has(documentName(digest));
  const findings: Finding[] = [];
  if (round > firstRoundOfStudy(manifest) && isMissing(recipe)) {
    const message = `the recipe of the mix after round ${round - 1} is not in the bundle`;
    findings.push({ code: 'audit/recipe-missing', member, round: round - 1, message });
  }
  if (isMissing(metrics)) {
    findings.push({ code: 'audit/metrics-missing', member, round, message: 'the metrics are not in the bundle' });
  }
  return findings;
}

/** What cannot be read of the list is told when the ledger part is verified. */
const announcementsOf = (file: BundleFile) => file.items('announcements', () => {});

async function verifyBeginning(file: BundleFile, manifest: Manifest, participants: readonly Hex[]): Promise<Finding[]> {
  const findings = checkInitialModel(file.root.initialModel, manifest, participants);
  for await (const first of file.items('log', () => {})) return [...checkTerms([first], manifest), ...findings];
  return [...checkTerms([], manifest), ...findings];
}

/** The initial model, or each base that a study goes on from: its digests lead to the root that the manifest names. */
function checkInitialModel(
  digests: readonly Hex[],
  { segments, initialModel, continues }: Manifest,
  participants: readonly Hex[],
): Finding[] {
  if (continues === null || continues.round === 0) {
    if (digests.length === segments && rootOfDigests(digests) === initialModel.digest) return [];
    const message = 'the initial model in the bundle is not the one that the manifest names';
    return [{ code: 'audit/initial-model-mismatch', message }];
  }
  const { round, bases } = continues;
  return bases.flatMap(({ member, base }, i): Finding[] => {
    const own = digests.slice(i * segments, (i + 1) * segments);
    if (!participants.includes(member) || (own.length === segments && rootOfDigests(own) === base)) return [];
    const message = 'the base in the bundle is not the one that the manifest lets the member begin with';
    return [{ code: 'audit/initial-model-mismatch', member, round, message }];
  });
}
