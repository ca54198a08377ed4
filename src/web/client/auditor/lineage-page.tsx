import type { AuditView } from '../../auditor/audit-view.ts';
import { Section } from '../shell/frame.tsx';
import { Empty, Failed, Loading } from '../shell/states.tsx';
import { useAnswer } from '../shell/use-answer.ts';
import type { AuditSource } from './audit-source.ts';
import { LineageGraph } from './lineage-graph.tsx';
import { memberName } from './names.tsx';
import { linkTo } from './place.ts';

/** Which contribution went into which. */
export function LineagePage({ source, view }: { source: AuditSource; view: AuditView }) {
  const answer = useAnswer(
    async (signal) => (view.hasBundle ? await source.lineage(view.study, signal) : null),
    [source, view.study],
  );
  if (answer.state === 'loading') return <Loading what="the lineage" />;
  if (answer.state === 'failed') return <Failed {...answer} />;
  return (
    <Section id="lineage" title="Lineage">
      {answer.value === null ? (
        <Empty>Who mixed what is in the recipes, which are in a bundle; only the ledger is open here.</Empty>
      ) : (
        <LineageGraph
          view={answer.value}
          nameOf={(account) => memberName(view, account)}
          addressOf={({ account, round }) => linkTo({ page: 'contribution', study: view.study, account, round })}
        />
      )}
    </Section>
  );
}
