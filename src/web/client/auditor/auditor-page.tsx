import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { AuditView } from '../../auditor/audit-view.ts';
import { Frame } from '../shell/frame.tsx';
import { Failed, Loading } from '../shell/states.tsx';
import { useAnswer } from '../shell/use-answer.ts';
import { prefetchVerifier } from '../verify/verifier.ts';
import { VerifySection } from '../verify/verify-section.tsx';
import type { AuditSource } from './audit-source.ts';
import { AuditTokenForm } from './audit-token-form.tsx';
import { ChainState } from './chain-state.tsx';
import { ContributionPage } from './contribution-page.tsx';
import { FindingsPage } from './findings-page.tsx';
import { LedgerPage } from './ledger-page.tsx';
import { LineagePage } from './lineage-page.tsx';
import { MetricsPage } from './metrics-page.tsx';
import { OverviewPage } from './overview-page.tsx';
import { ParticipationPage } from './participation-page.tsx';
import { type AuditPlace, linkTo, linkToEntries, STUDY_PAGES, type StudyPage, usePlace } from './place.ts';
import { StudiesPage } from './studies-page.tsx';
import { useHead } from './use-head.ts';
import { ValuesPage } from './values-page.tsx';

const LOOK_AGAIN_MILLISECONDS = 2_000;

export interface AuditorPageProps {
  readonly source: AuditSource;
  /** What stands in front of it all instead of the list of studies. */
  readonly front?: { readonly name: string; readonly study: string; readonly content: ComponentChildren };
}

/** What an auditor sees of a bundle or a ledger. */
export function AuditorPage({ source, front }: AuditorPageProps) {
  const place = usePlace();
  const [attempt, setAttempt] = useState(0);
  useEffect(prefetchVerifier, []);
  const study = 'study' in place ? place.study : (front?.study ?? null);
  const answer = useAnswer(
    async (signal) => (study === null ? null : await source.view(study, signal)),
    [source, study],
    [attempt],
  );
  const isRunning = answer.state === 'here' && answer.value?.check.state === 'running';
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setTimeout(() => setAttempt(attempt + 1), LOOK_AGAIN_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [isRunning, attempt]);
  const followed = useHead(source, answer.value?.hasBundle === false ? study : null);
  useEffect(() => {
    if (followed !== null && followed.head !== answer.value?.head) setAttempt(attempt + 1);
  }, [followed?.head]);
  const title = answer.value?.manifest?.title ?? 'Consilium audit';
  useEffect(() => {
    document.title = `${title} · Consilium`;
  }, [title]);
  return (
    <Frame
      title={title}
      aside={<ChainState followed={followed} />}
      navigation={<Navigation place={place} home={front?.name ?? 'Studies'} study={study} />}
    >
      {place.page === 'verify' ? <VerifySection /> : null}
      {place.page === 'studies' ? (front?.content ?? <StudiesPage source={source} />) : null}
      {study === null || answer.state !== 'loading' ? null : <Loading what="the study" />}
      {answer.state !== 'failed' ? null : answer.failure === 'unauthorised' ? (
        <AuditTokenForm onToken={() => setAttempt(attempt + 1)} />
      ) : (
        <Failed {...answer} />
      )}
      {answer.value == null ? null : <StudyPart source={source} view={answer.value} place={place} />}
    </Frame>
  );
}

function StudyPart({ source, view, place }: { source: AuditSource; view: AuditView; place: AuditPlace }) {
  switch (place.page) {
    case 'studies':
    case 'verify':
      return null;
    case 'contribution':
      return <ContributionPage source={source} view={view} name={place} />;
    case 'overview':
      return <OverviewPage view={view} />;
    case 'participation':
      return <ParticipationPage view={view} />;
    case 'ledger':
      return <LedgerPage source={source} view={view} place={place} />;
    case 'values':
      return <ValuesPage view={view} />;
    case 'metrics':
      return <MetricsPage view={view} />;
    case 'lineage':
      return <LineagePage source={source} view={view} />;
    case 'findings':
      return <FindingsPage view={view} />;
  }
}

function Navigation({ place, home, study }: { place: AuditPlace; home: string; study: string | null }) {
  const isHere = (page: string): 'page' | undefined => (place.page === page ? 'page' : undefined);
  return (
    <nav aria-label="Pages">
      <a href={linkTo({ page: 'studies' })} aria-current={isHere('studies')}>
        {home}
      </a>
      {study === null
        ? null
        : (Object.keys(STUDY_PAGES) as StudyPage[]).map((page) => (
            <a
              key={page}
              href={page === 'ledger' ? linkToEntries(study) : linkTo({ page, study })}
              aria-current={isHere(page)}
            >
              {STUDY_PAGES[page]}
            </a>
          ))}
      <a href={linkTo({ page: 'verify' })} aria-current={isHere('verify')}>
        Verify in this browser
      </a>
    </nav>
  );
}
