import type { LineageView } from '../../auditor/lineage-view.ts';
import type { RunView } from '../../report/run-view.ts';
import { percent, whole } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';
import { meanShares } from './mean-shares.ts';
import { MemberMatrix } from './member-matrix.tsx';

/** Who learned from whom. */
export function MixingSection({ run: { members }, lineage }: { run: RunView; lineage: LineageView }) {
  const shares = meanShares(
    lineage,
    members.map(({ account }) => account),
  );
  const stale = lineage.edges.filter(
    ([from, to, share]) => share > 0 && (lineage.nodes[from]?.round ?? 0) < (lineage.nodes[to]?.round ?? 0) - 1,
  ).length;
  const note = `Share of a member’s mixes that each member’s contributions make up, mean over the rounds; rows sum to 100 % up to rounding. ${
    stale === 0
      ? 'No contribution was mixed late.'
      : `${whole(stale)} times a contribution of an earlier round was mixed.`
  } The page Lineage draws every mix.`;
  return (
    <Section id="mixing" title="Who learned from whom" note={note}>
      <MemberMatrix
        title="Mean share in the mixes"
        corner="Mixes of"
        members={members}
        rows={shares}
        format={(share) => percent(share)}
      />
    </Section>
  );
}
