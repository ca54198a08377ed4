import type { AuditView } from '../../auditor/audit-view.ts';
import type { ReportSnapshot } from '../../report/report-snapshot.ts';
import type { RunMember, RunView } from '../../report/run-view.ts';
import { MemberLabel } from '../auditor/names.tsx';
import { Verdict } from '../auditor/verdict.tsx';
import { bytes, decimal, duration, milliNats, percent, whole } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';
import { CheckSection } from './check-section.tsx';
import { CostSection } from './cost-section.tsx';
import { GlossarySection } from './glossary-section.tsx';
import { LearningSection } from './learning-section.tsx';
import { meanOf } from './mean-of.ts';
import { MixingSection } from './mixing-section.tsx';
import { ValueSection } from './value-section.tsx';

/** What the run came to: how good the models became, what it cost, and how a reader who trusts nobody checks it. */
export function RunPage({ run, view, lineage }: Pick<ReportSnapshot, 'run' | 'view' | 'lineage'>) {
  return (
    <>
      <Verdict view={view} />
      <Tiles run={run} rounds={view.rounds} />
      <MembersSection run={run} view={view} />
      <LearningSection run={run} view={view} />
      <ValueSection run={run} view={view} />
      <MixingSection run={run} lineage={lineage} />
      <CostSection run={run} />
      <FactsSection run={run} view={view} />
      <CheckSection />
      <GlossarySection />
    </>
  );
}

function Tiles({ run: { members, accuracyPooled, gas, durationSeconds }, rounds }: { run: RunView; rounds: number }) {
  const alone = meanOf(members, ({ accuracyAlone }) => accuracyAlone);
  const federated = meanOf(members, ({ accuracyFederated }) => accuracyFederated);
  const gain = alone === null || federated === null ? null : (federated - alone) * 100;
  const total = gas.reduce((sum, { gasUsed }) => sum + gasUsed, 0);
  const sent = members.reduce((sum, { bytesOut }) => sum + bytesOut, 0);
  return (
    <div class="tiles">
      <Tile name="Mean accuracy alone" value={percent(alone)} remark="each on its own data only" />
      <Tile
        name="Mean accuracy federated"
        value={percent(federated)}
        remark={`${gain !== null && gain > 0 ? '+' : ''}${decimal(gain, 1)} points beside training alone`}
      />
      <Tile name="Pooled reference" value={percent(accuracyPooled)} remark="if all data were in one place" />
      <Tile name="Sent between members" value={bytes(sent)} remark="no examples among it" />
      <Tile name="Gas in all" value={whole(total)} remark={`${whole(gas.length)} transactions`} />
      <Tile
        name="Took"
        value={duration(durationSeconds)}
        remark={`${whole(rounds)} rounds, ${whole(members.length)} members`}
      />
    </div>
  );
}

function Tile({ name, value, remark }: { name: string; value: string; remark: string }) {
  return (
    <div class="tile">
      <span>{name}</span>
      <strong>{value}</strong>
      <small>{remark}</small>
    </div>
  );
}

const NOTE =
  'On the common test part. Alone: trained on the member’s own data only. Federated: the member’s final model. Pooled: one model on all data in one place, which federated learning would like to reach without moving data.';

function MembersSection({ run, view }: { run: RunView; view: AuditView }) {
  const { members, accuracyPooled, aucPooled } = run;
  const of = (value: (member: RunMember) => number | null): number | null => meanOf(members, value);
  return (
    <Section id="results" title="What it was good for" note={NOTE}>
      <div class="scroll" tabIndex={0} role="region" aria-label="Results by member">
        <table>
          <thead>
            <tr>
              <th scope="col">Member</th>
              <th scope="col">Training records</th>
              <th scope="col">Accuracy alone</th>
              <th scope="col">Accuracy federated</th>
              <th scope="col">Accuracy pooled</th>
              <th scope="col">AUC alone</th>
              <th scope="col">AUC federated</th>
              <th scope="col">AUC pooled</th>
              <th scope="col">Score (mnat)</th>
            </tr>
          </thead>
          <tbody>
            {members.map((member) => (
              <tr key={member.account}>
                <th scope="row">
                  <MemberLabel view={view} account={member.account} />
                  {member.killed ? <span class="badge warn">killed on purpose</span> : null}
                </th>
                <td>{whole(member.samples)}</td>
                <td>{percent(member.accuracyAlone)}</td>
                <td>
                  <strong>{percent(member.accuracyFederated)}</strong>
                </td>
                <td class="soft">{percent(accuracyPooled)}</td>
                <td>{decimal(member.aucAlone)}</td>
                <td>{decimal(member.aucFederated)}</td>
                <td class="soft">{decimal(aucPooled)}</td>
                <td>
                  {milliNats(view.members.find(({ account }) => account === member.account)?.scoreMicros ?? null)}
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">Mean</th>
              <td>{whole(of(({ samples }) => samples))}</td>
              <td>{percent(of(({ accuracyAlone }) => accuracyAlone))}</td>
              <td>{percent(of(({ accuracyFederated }) => accuracyFederated))}</td>
              <td class="soft">{percent(accuracyPooled)}</td>
              <td>{decimal(of(({ aucAlone }) => aucAlone))}</td>
              <td>{decimal(of(({ aucFederated }) => aucFederated))}</td>
              <td class="soft">{decimal(aucPooled)}</td>
              <td />
            </tr>
          </tfoot>
        </table>
      </div>
    </Section>
  );
}

/** An ISO 8601 time in UTC, to the minute; any other text as it is. */
const inMinutes = (time: string): string => time.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):.*Z$/, '$1 $2 UTC');

function FactsSection({ run, view }: { run: RunView; view: AuditView }) {
  const { terms } = run;
  const share = terms.updateBytes / (4 * terms.parameterCount);
  const facts: readonly (readonly [string, string])[] = [
    ['Command', run.command],
    ['Began', inMinutes(run.startedAt)],
    ['Took', duration(run.durationSeconds)],
    ['Data set', terms.dataset],
    ['Unevenness α', terms.alpha === null ? '∞ (even shares)' : decimal(terms.alpha, 2)],
    ['Parameters', whole(terms.parameterCount)],
    ['An update', `${bytes(terms.updateBytes)} as ${terms.codec}${share < 1 ? `, ${percent(share)} of float32` : ''}`],
    ['Engine', terms.engine],
    ['Seed', terms.seed],
    ['Chain', String(view.chainId)],
    ['Contract', view.contract],
    ['Study', view.study],
  ];
  return (
    <Section id="run-facts" title="The run">
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name} class={value.startsWith('0x') || name === 'Command' ? 'whole-row' : ''}>
            <dt>{name}</dt>
            <dd class={value.startsWith('0x') || name === 'Command' ? 'hex' : ''}>{value}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
