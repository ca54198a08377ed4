import type { Place } from '../../../audit/finding.ts';
import type { AuditView } from '../../auditor/audit-view.ts';
import { FindingsTable } from '../shell/findings-table.tsx';
import { Section } from '../shell/frame.tsx';
import { placeInWords } from '../shell/place-in-words.ts';
import { Empty } from '../shell/states.tsx';
import { linkTo, linkToEntries } from './place.ts';
import { Verdict } from './verdict.tsx';

/** What is not as it should be, and what an auditor should know. */
export function FindingsPage({ view }: { view: AuditView }) {
  const { check } = view;
  if (check.state !== 'done') return <Verdict view={view} />;
  return (
    <>
      <Verdict view={view} />
      <Section id="findings" title="Findings" note="Each breaks a rule of the protocol; the code names the check.">
        {check.findings.length === 0 ? (
          <Empty>Nothing was found.</Empty>
        ) : (
          <FindingsTable
            label="Findings"
            rows={check.findings}
            where={(row) => <PlaceLink view={view} place={row} />}
          />
        )}
      </Section>
      <Section id="notices" title="Notices" note="They break no rule, but whoever reads the study should know them.">
        {check.notices.length === 0 ? (
          <Empty>There is none.</Empty>
        ) : (
          <FindingsTable label="Notices" rows={check.notices} where={(row) => <PlaceLink view={view} place={row} />} />
        )}
      </Section>
    </>
  );
}

function PlaceLink({ view, place }: { view: AuditView; place: Place }) {
  const words = placeInWords(place) || 'the whole study';
  const { member, round, sequence } = place;
  if (view.hasBundle && member !== undefined && round !== undefined) {
    return <a href={linkTo({ page: 'contribution', study: view.study, account: member, round })}>{words}</a>;
  }
  const text = sequence === undefined ? (member ?? (round === undefined ? '' : String(round))) : `entry:${sequence}`;
  return text === '' ? <>{words}</> : <a href={linkToEntries(view.study, { text })}>{words}</a>;
}
