import type { FollowedHead } from './use-head.ts';

/** Whether the page is up to date with the chain, and when the chain was read last. */
export function ChainState({ followed }: { followed: FollowedHead | null }) {
  if (followed === null || followed.readAt === null) return null;
  const time = new Date(followed.readAt).toLocaleTimeString();
  const trouble = !followed.isConnected ? 'not connected' : followed.isSilent ? 'the chain does not answer' : null;
  const state = followed.againSeconds === null ? 'closed' : 'live';
  return (
    <>
      {/* Only trouble is worth an interruption. */}
      <span role="status">{trouble === null ? null : <span class="badge warn">{trouble}</span>}</span>
      {trouble === null ? <span class={state === 'live' ? 'badge good' : 'badge'}>{state}</span> : null}
      <span class="soft">{`chain read at ${time}`}</span>
    </>
  );
}
