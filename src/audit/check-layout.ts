import { documentName } from '../protocol/content-id.ts';
import { type EvidenceRoot, RECORD_LISTS } from './evidence.ts';
import type { Finding, Place } from './finding.ts';
import { longestAscending } from './longest-ascending.ts';
import { type NamedBlock, nameOf } from './named-blocks.ts';
import type { CarScan, CarSection } from './scan-car.ts';

interface ExpectedBlock {
  readonly order: number;
  readonly what: string;
  readonly place: Place;
}

/**
 * The file itself: whole, every block once and in its order, and none that nothing names. Equal evidence is equal bytes.
 * @param named what the records name, see `namedBlocks`
 */
export async function checkLayout(
  root: EvidenceRoot,
  scan: CarScan,
  named: AsyncIterable<NamedBlock>,
): Promise<Finding[]> {
  const expected = await expectBlocks(root, scan, named);
  const once = new Map<string, CarSection>();
  const findings: Finding[] = [];
  const unexpected = (section: CarSection, why: string): void => {
    const block = expected.get(section.name);
    const message = `${block?.what ?? `block ${section.digest}`} ${why}`;
    findings.push({ code: 'audit/block-unexpected', ...block?.place, offset: section.offset, message });
  };
  for (const section of scan.sections) {
    if (!section.isIntact) continue; // named elsewhere
    if (!expected.has(section.name)) unexpected(section, 'is named by nothing in the bundle');
    else if (once.has(section.name)) unexpected(section, 'is there more than once');
    else once.set(section.name, section);
  }
  const present = [...once.values()];
  const kept = longestAscending(present.map(({ name }) => expected.get(name)?.order ?? 0));
  for (const [i, section] of present.entries()) if (!kept.has(i)) unexpected(section, 'is not in its place');
  if (scan.broken !== null) {
    const { offset, reason } = scan.broken;
    const message = `from byte ${offset} on the file cannot be read: ${reason}`;
    findings.push({ code: 'audit/bundle-broken', offset, message });
  }
  return findings;
}

async function expectBlocks(
  root: EvidenceRoot,
  scan: CarScan,
  named: AsyncIterable<NamedBlock>,
): Promise<Map<string, ExpectedBlock>> {
  const blocks = new Map<string, ExpectedBlock>();
  const expect = (name: string, what: string, place: Place = {}): void => {
    if (!blocks.has(name)) blocks.set(name, { order: blocks.size, what, place });
  };
  if (scan.root !== null) expect(documentName(scan.root), 'the root');
  expect(documentName(root.study), 'the manifest');
  for (const list of RECORD_LISTS) {
    for (const { digest } of root[list]) expect(documentName(digest), `a chunk of the list ${list}`);
  }
  for await (const block of named) expect(nameOf(block), block.what, block.place);
  return blocks;
}
