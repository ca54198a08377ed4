import type { AuditView } from '../../auditor/audit-view.ts';
import { counted, whole } from '../shell/format.ts';
import { linkTo } from './place.ts';

/** What the check of the study came to, in one line and a few words. */
export function Verdict({ view }: { view: AuditView }) {
  const { check, hasBundle, chainRead } = view;
  if (check.state === 'running') {
    return (
      <div class="notice warn" role="status">
        <strong>Being checked</strong>
        <div>
          {check.total === 0
            ? 'Records and log are being checked; then every mix is repeated.'
            : `${whole(check.done)} of ${whole(check.total)} mixes repeated, bit for bit.`}{' '}
          Nothing below is confirmed yet.
        </div>
      </div>
    );
  }
  if (check.state === 'failed') {
    return (
      <div class="notice bad" role="alert">
        <strong>The check did not come to an end</strong>
        <div>{check.reason}</div>
      </div>
    );
  }
  const { findings, notices, mixesReplayed } = check;
  const scope = [
    chainRead ? 'The log is the chain’s.' : 'The log is the copy in the bundle; no chain was asked.',
    hasBundle
      ? mixesReplayed === 1
        ? 'One mix was repeated bit for bit.'
        : `${whole(mixesReplayed)} mixes were repeated bit for bit.`
      : 'Only the log was looked at: sequence and heads. A bundle would add signatures, mixes, metrics, lineage and the search for copied updates.',
    notices.length === 0 ? '' : `${counted(notices.length, 'notice')}.`,
  ];
  return (
    <div class={`notice ${findings.length === 0 ? 'good' : 'bad'}`}>
      <strong>{findings.length === 0 ? 'No finding' : counted(findings.length, 'finding')}</strong>
      <div>
        {scope.join(' ')}{' '}
        {findings.length + notices.length === 0 ? null : (
          <a href={linkTo({ page: 'findings', study: view.study })}>See what was found</a>
        )}
      </div>
    </div>
  );
}
