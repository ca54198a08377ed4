import { type AuditSubject, keyOf } from '../../audit/audit-subject.ts';
import { sharesInMix } from '../../audit/mix-sources.ts';
import { readMixRecipe } from '../../audit/read-mix-recipe.ts';
import { signedRecords } from '../../audit/signed-records.ts';
import type { Hex } from '../../base/bytes.ts';
import { firstRoundOfStudy } from '../../protocol/continuation.ts';
import { isClosing } from '../../protocol/contribution.ts';
import { participantsIn } from '../../protocol/participants.ts';

/** Which contribution went into which, to be drawn: plain JSON. */
export interface LineageView {
  /** Members in order of position: each a row. */
  readonly members: readonly Hex[];
  /** The first round, and the one past the last, in which the final models stand. */
  readonly firstRound: number;
  readonly rounds: number;
  /** By round, then by row. */
  readonly nodes: readonly LineageNode[];
  /** From a contribution to one that was trained from a mix of it, both by their places in `nodes`. */
  readonly edges: readonly LineageLink[];
}

export interface LineageNode {
  /** Place in `members`. */
  readonly row: number;
  readonly round: number;
  /** The account that signed it. */
  readonly account: Hex;
  /** Its place in the log; null if it was never recorded. */
  readonly entry: number | null;
  /** True for the record that names the member's final model. */
  readonly isFinal: boolean;
  /** True if the recipe behind it is missing or cannot be read, so that where it comes from is not known. */
  readonly isUnknown: boolean;
}

/**
 * Source, target, and the share of the mix that the source makes up, mean over the segments; 0 for a contribution that the mixer had at hand and
 * gave no weight: it had a part in the choice.
 */
export type LineageLink = readonly [from: number, to: number, share: number];

/** Shares are drawn, not counted with. */
const SHARE_DIGITS = 4;

/** The graph of all contributions that a bundle tells of; recipes are taken at their word: the audit repeats them. */
export async function lineageView(subject: AuditSubject): Promise<LineageView> {
  const { manifest, log, bundle } = subject;
  const participants = participantsIn(log);
  const rows = new Map(participants.flatMap(({ accounts }, row) => accounts.map((account) => [account, row])));
  const entries = new Map(
    log.flatMap((entry) =>
      entry.kind === 'contribution' ? [[keyOf(entry.record.round, entry.record.member), entry.sequence]] : [],
    ),
  );
  const records = [...signedRecords({ ...bundle.evidence, log }).values()]
    .flatMap((record) => {
      const row = rows.get(record.member);
      return row === undefined ? [] : { row, record };
    })
    .toSorted((a, b) => a.record.round - b.record.round || a.row - b.row);
  const places = new Map(records.map(({ record }, place) => [keyOf(record.round, record.member), place]));
  const nodes: LineageNode[] = [];
  const edges: LineageLink[] = [];
  for (const [place, { row, record }] of records.entries()) {
    const isFirst = record.round <= firstRoundOfStudy(manifest);
    const recipe = isFirst ? null : await readMixRecipe(subject, record);
    const shares = new Map(
      recipe === null ? [] : sharesInMix(manifest, recipe).map((each) => [keyOf(each.round, each.member), each.share]),
    );
    for (const { member, round } of recipe?.entries ?? []) {
      const from = places.get(keyOf(round, member));
      const share = shares.get(keyOf(round, member)) ?? 0;
      // A record of a later round is no source; the audit finds who says so.
      if (from !== undefined && round < record.round) edges.push([from, place, Number(share.toFixed(SHARE_DIGITS))]);
    }
    nodes.push({
      row,
      round: record.round,
      account: record.member,
      entry: entries.get(keyOf(record.round, record.member)) ?? null,
      isFinal: isClosing(record),
      isUnknown: !isFirst && recipe === null,
    });
  }
  const [firstRound, rounds] = [firstRoundOfStudy(manifest), manifest.rounds];
  return { members: participants.map(({ account }) => account), firstRound, rounds, nodes, edges };
}
