import type { ShownRecord } from '../../../audit/show-record.ts';
import type { AuditView } from '../../auditor/audit-view.ts';
import type { ContributionView, ProofText, RecordName } from '../../auditor/contribution-view.ts';
import { counted, decimal, milliNats, percent, whole } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';
import { Empty, Failed, Loading, Problem } from '../shell/states.tsx';
import { useAnswer } from '../shell/use-answer.ts';
import type { AuditSource } from './audit-source.ts';
import { MemberLabel, memberName } from './names.tsx';
import { linkTo, linkToEntries } from './place.ts';
import { ProofSection } from './proof-section.tsx';

export interface ContributionPageProps {
  readonly source: AuditSource;
  readonly view: AuditView;
  readonly name: RecordName;
}

/** Everything that is known of one member's record of one round. */
export function ContributionPage({ source, view, name }: ContributionPageProps) {
  const answer = useAnswer(
    (signal) => source.contribution(view.study, name, signal),
    [source, view.study, name.account, name.round],
  );
  if (answer.state === 'loading') return <Loading what="the record" />;
  if (answer.state === 'failed') return <Failed {...answer} />;
  if (answer.value === null) {
    return (
      <Problem title="There is no such record">
        {view.hasBundle
          ? `Neither ledger nor bundle has a record of ${name.account} in round ${name.round}.`
          : 'Records with signatures and proofs are in a bundle; only the ledger is open here.'}
      </Problem>
    );
  }
  return <Contribution source={source} view={view} found={answer.value} />;
}

function Contribution({ source, view, found }: { source: AuditSource; view: AuditView; found: ContributionView }) {
  const { record } = found.shown;
  return (
    <>
      <h2 class="page-title">
        <MemberLabel view={view} account={found.account} /> <span>in round {record.round}</span>
      </h2>
      <div class="columns">
        <RecordSection shown={found.shown} />
        <SignatureSection view={view} shown={found.shown} />
      </div>
      <div class="columns">
        <SourcesSection view={view} shown={found.shown} />
        <TargetsSection view={view} found={found} />
      </div>
      <ScoresSection view={view} shown={found.shown} />
      <ProofSection
        segments={found.shown.signed?.segments.length ?? 0}
        first={found.proof}
        load={(segment): Promise<ProofText | null> =>
          source.proof(view.study, { account: record.member, round: record.round, segment })
        }
      />
    </>
  );
}

function RecordSection({ shown: { record, metrics } }: { shown: ShownRecord }) {
  const figures = metrics?.heldOut;
  return (
    <Section id="record" title="Record">
      <dl class="facts wide">
        {Object.entries(record).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class={String(value).startsWith('0x') ? 'hex' : ''}>{isNone(value) ? 'none' : String(value)}</dd>
          </div>
        ))}
        {figures == null ? null : (
          <div>
            <dt>base on the own held-out part</dt>
            <dd>
              loss {decimal(figures.loss)}, accuracy {percent(figures.accuracy)}, {counted(figures.samples, 'record')}
            </dd>
          </div>
        )}
      </dl>
    </Section>
  );
}

const isNone = (value: unknown): boolean => /^0x0{64}$/.test(String(value));

function SignatureSection({ view, shown: { signed, place, record } }: { view: AuditView; shown: ShownRecord }) {
  return (
    <Section id="signature" title="Signature and place">
      {signed === null ? (
        <p class="notice bad">The signed record is not in the bundle.</p>
      ) : (
        <p class={`notice ${signed.isGenuine ? 'good' : 'bad'}`}>
          {signed.isGenuine
            ? `Signed by ${memberName(view, record.member)}.`
            : 'The signature is not that of the member that the record names.'}
        </p>
      )}
      {place === null ? (
        <p class="notice warn">It is not on the ledger.</p>
      ) : (
        <dl class="facts wide">
          <div>
            <dt>Entry of the log</dt>
            <dd>
              <a href={linkToEntries(view.study, { text: `entry:${place.entry}` })}>{whole(place.entry)}</a>
            </dd>
          </div>
          <div>
            <dt>Block</dt>
            <dd>{whole(place.blockNumber)}</dd>
          </div>
          <div>
            <dt>Transaction</dt>
            <dd class="hex">{place.transaction}</dd>
          </div>
          <div>
            <dt>Head after it</dt>
            <dd class="hex">{place.head}</dd>
          </div>
        </dl>
      )}
      {signed === null ? null : (
        <dl class="facts wide">
          <div>
            <dt>Signature r</dt>
            <dd class="hex">{signed.signature.r}</dd>
          </div>
          <div>
            <dt>Signature vs</dt>
            <dd class="hex">{signed.signature.vs}</dd>
          </div>
        </dl>
      )}
    </Section>
  );
}

function SourcesSection({ view, shown: { mix, isFirst } }: { view: AuditView; shown: ShownRecord }) {
  return (
    <Section id="sources" title="What it was trained from">
      {isFirst ? (
        <Empty>The study’s first round: the initial model, the same for all.</Empty>
      ) : mix === null ? (
        <Empty>The recipe of its base is not in the bundle, or cannot be read.</Empty>
      ) : (
        <>
          <p class="note">
            The mix that {memberName(view, mix.member)} made of round {mix.round}, with the mean weight of each over the
            segments.
          </p>
          <Others
            view={view}
            label="Sources of its base"
            rows={mix.sources.map(({ member, round, weight }) => ({ account: member, round, share: weight }))}
          />
          {mix.refused.length === 0 ? null : <p class="note">Refused: {counted(mix.refused.length, 'other')}.</p>}
        </>
      )}
    </Section>
  );
}

function TargetsSection({ view, found }: { view: AuditView; found: ContributionView }) {
  return (
    <Section id="targets" title="Where it went">
      {found.wentInto.length === 0 ? (
        <Empty>No later contribution was trained from a mix of it.</Empty>
      ) : (
        <>
          <p class="note">Contributions that were trained from a mix of it, and its share in that mix.</p>
          <Others view={view} label="Contributions made from it" rows={found.wentInto} />
        </>
      )}
    </Section>
  );
}

interface OthersProps {
  readonly view: AuditView;
  readonly label: string;
  readonly rows: readonly { readonly account: `0x${string}`; readonly round: number; readonly share: number }[];
}

function Others({ view, label, rows }: OthersProps) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            <th scope="col">Member</th>
            <th scope="col">Round</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ account, round, share }) => (
            <tr key={`${account} ${round}`}>
              <th scope="row">
                <a href={linkTo({ page: 'contribution', study: view.study, account, round })}>
                  <MemberLabel view={view} account={account} />
                </a>
              </th>
              <td>{round}</td>
              <td>{percent(share)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ScoresSection({ view, shown }: { view: AuditView; shown: ShownRecord }) {
  const received = Object.entries(shown.scoresReceived) as [`0x${string}`, number][];
  return (
    <Section
      id="scores"
      title="What the others said of it"
      note="In thousandths of a nat of each evaluator’s held-out loss; the median counts, of at least three."
    >
      {received.length === 0 ? (
        <Empty>Nobody revealed a score of it.</Empty>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Scores received">
          <table class="narrow">
            <tbody>
              {received.map(([account, score]) => (
                <tr key={account}>
                  <th scope="row">
                    <MemberLabel view={view} account={account} />
                  </th>
                  <td>{milliNats(score)}</td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row">Median</th>
                <td>{milliNats(shown.scoreMicros)}</td>
              </tr>
            </tfoot>
          </table>
        </div>
      )}
    </Section>
  );
}
