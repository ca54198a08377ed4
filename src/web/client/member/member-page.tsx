import { useState } from 'preact/hooks';
import type { MemberView } from '../../../peer/member-view.ts';
import { Frame, Section } from '../shell/frame.tsx';
import { Failed, Loading, TokenForm } from '../shell/states.tsx';
import { readToken } from '../shell/token.ts';
import { type Live, useLive } from '../shell/use-live.ts';

/** What a member sees of its own peer. */
export function MemberPage() {
  const [attempt, setAttempt] = useState(0);
  const live = useLive<MemberView>('/api/events', 'view', attempt);
  if (live.failure === 'unauthorised') {
    return (
      <Frame title="Consilium peer">
        {readToken() === null ? null : (
          <Failed failure="unauthorised" message="It changes when the data folder is new." />
        )}
        <TokenForm
          where={
            <>
              <code>consilium peer status --data &lt;folder&gt;</code> prints the address with its token.
            </>
          }
          onToken={() => setAttempt(attempt + 1)}
        />
      </Frame>
    );
  }
  return (
    <Frame title={live.value?.status.title ?? 'Consilium peer'} aside={<Connection live={live} />}>
      {live.value === null ? <Loading what="the peer's state" /> : <Overview view={live.value} />}
    </Frame>
  );
}

function Connection({ live }: { live: Live<MemberView> }) {
  if (live.lostAt !== null) {
    const time = new Date(live.lostAt).toLocaleTimeString();
    return (
      <span class="badge warn" role="status">
        not connected since {time}, trying again
      </span>
    );
  }
  return <span class="badge good">{live.value === null ? 'connecting' : 'live'}</span>;
}

function Overview({ view: { status } }: { view: MemberView }) {
  return (
    <Section id="progress" title="Progress">
      <p>
        Phase: {status.phase}, round {status.round ?? '–'} of {status.rounds}
      </p>
    </Section>
  );
}
