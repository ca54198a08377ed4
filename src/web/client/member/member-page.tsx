import { useEffect, useState } from 'preact/hooks';
import type { MemberView } from '../../../peer/member-view.ts';
import { shorten } from '../shell/format.ts';
import { Frame } from '../shell/frame.tsx';
import { Failed, Loading, TokenForm } from '../shell/states.tsx';
import { readToken } from '../shell/token.ts';
import { type Live, useLive } from '../shell/use-live.ts';
import { ImagesSection } from './images-section.tsx';
import { LearningSection } from './learning-section.tsx';
import { MembersSection } from './members-section.tsx';
import { nameOf, ownRow } from './names.ts';
import { OutboxSection } from './outbox-section.tsx';
import { OverviewTiles } from './overview-tiles.tsx';
import { PrivacySection } from './privacy-section.tsx';
import { RoundSection } from './round-section.tsx';
import { TrafficSection } from './traffic-section.tsx';
import { ValueSection } from './value-section.tsx';
import { Warnings } from './warnings.tsx';

/** What a member sees of its own peer. */
export function MemberPage() {
  const [attempt, setAttempt] = useState(0);
  const live = useLive<MemberView>('/api/events', 'view', attempt);
  const again = (): void => setAttempt(attempt + 1);
  const title = live.value?.status.title ?? 'Consilium peer';
  useEffect(() => {
    document.title = live.value === null ? title : `${live.value.status.phase} – ${title}`;
  }, [title, live.value?.status.phase]);
  if (live.failure === 'unauthorised') return <NoToken message={live.message} onToken={again} />;
  return (
    <Frame title={title} aside={<Connection live={live} />}>
      {live.value === null ? <NoView live={live} /> : <Overview view={live.value} live={live} onRetry={again} />}
    </Frame>
  );
}

function NoToken({ message, onToken }: { message: string | null; onToken: () => void }) {
  return (
    <Frame title="Consilium peer">
      {readToken() === null ? null : <Failed failure="unauthorised" message={message ?? ''} />}
      <TokenForm
        where={
          <>
            <code>consilium peer status --data &lt;folder&gt;</code> prints the address with its token.
          </>
        }
        onToken={onToken}
      />
    </Frame>
  );
}

function NoView({ live }: { live: Live<MemberView> }) {
  if (live.failure === null) return <Loading what="the peer's state" />;
  return <Failed failure={live.failure} message={live.message ?? ''} />;
}

const isOver = ({ value }: Live<MemberView>): boolean => value?.status.phase === 'finished';

function Connection({ live }: { live: Live<MemberView> }) {
  if (live.lostAt === null) return <span class="badge good">{live.value === null ? 'connecting' : 'live'}</span>;
  return (
    <span class={isOver(live) ? 'badge' : 'badge warn'} role="status">
      {isOver(live) ? 'finished' : 'not connected'}
    </span>
  );
}

function Overview({ view, live, onRetry }: { view: MemberView; live: Live<MemberView>; onRetry: () => void }) {
  return (
    <>
      <Lost live={live} onRetry={onRetry} />
      <WhoAndWhat view={view} />
      <Warnings warnings={live.lostAt === null ? view.warnings : []} />
      <RoundSection view={view} />
      <OverviewTiles view={view} />
      <LearningSection learning={view.learning} />
      <div class="columns">
        <ValueSection value={view.value} />
        {view.privacy === null ? <TrafficSection traffic={view.traffic} /> : <PrivacySection privacy={view.privacy} />}
      </div>
      <ImagesSection kind={view.recordsAre} round={view.picturesOf} />
      <MembersSection view={view} />
      <div class="columns">
        <OutboxSection view={view} />
        {view.privacy === null ? null : <TrafficSection traffic={view.traffic} />}
      </div>
    </>
  );
}

/** Since when nothing is heard of the peer; what is shown is of then. */
function Lost({ live: { lostAt, failure, message, value }, onRetry }: { live: Live<MemberView>; onRetry: () => void }) {
  if (lostAt === null) return null;
  const time = new Date(lostAt).toLocaleTimeString();
  if (value?.status.phase === 'finished') {
    return (
      <div class="notice" role="status">
        <strong>The study is finished, and the peer has ended.</strong>
        <div>
          This is how it was at {time}. This page again: <code>consilium peer start --stay --data &lt;folder&gt;</code>.
          The study by the ledger: <code>consilium audit serve &lt;contract&gt; --rpc &lt;url&gt;</code>.
        </div>
      </div>
    );
  }
  return (
    <div class="notice warn" role="status">
      <strong>Not connected since {time}.</strong>
      <div>
        Everything below is as it was then.{' '}
        {failure === 'refused'
          ? `The peer answers: ${message}. `
          : 'The peer does not answer; if it was stopped, start it again. '}
        This page tries again by itself, more and more rarely.{' '}
        <button type="button" onClick={onRetry}>
          Try now
        </button>
      </div>
    </div>
  );
}

/** Whose peer this is, and in which study. */
function WhoAndWhat({ view }: { view: MemberView }) {
  const { status } = view;
  const own = ownRow(view);
  return (
    <p class="who">
      <strong>
        <bdi>{own === undefined ? 'Not in the study yet' : nameOf(own)}</bdi>
      </strong>
      {own === undefined ? null : <span>{`position ${own.position + 1} of ${view.members.length}`}</span>}
      <span>
        account{' '}
        <span class="hex" title={status.account}>
          {status.account}
        </span>
      </span>
      <span>
        study{' '}
        <span class="hex" title={status.study}>
          {shorten(status.study)}
        </span>
      </span>
      <span>
        engine <bdi>{status.engine}</bdi>
      </span>
    </p>
  );
}
