import { useEffect, useState } from 'preact/hooks';
import type { LogHead } from '../../auditor/audit-view.ts';
import type { AuditSource } from './audit-source.ts';

export interface FollowedHead extends LogHead {
  /** When the chain was read last, milliseconds since 1970; null where none is followed. */
  readonly readAt: number | null;
  /** False while the server of this page does not answer. */
  readonly isConnected: boolean;
}

/** Where the server has not said when to ask again. */
const RETRY_SECONDS = 5;

/**
 * Where the log of a study stands, asked for as often as the server wants to be asked.
 * @param study null where there is nothing to follow
 * @returns null until it is known
 */
export function useHead(source: AuditSource, study: string | null): FollowedHead | null {
  const [followed, setFollowed] = useState<FollowedHead | null>(null);
  useEffect(() => {
    setFollowed(null);
    if (study === null) return undefined;
    const leaving = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = (seconds: number | null): void => {
      if (seconds !== null && !leaving.signal.aborted) timer = setTimeout(look, 1000 * seconds);
    };
    const look = (): void => {
      source.head(study, leaving.signal).then(
        (head) => {
          if (leaving.signal.aborted) return;
          const readAt = head.secondsAgo === null ? null : Date.now() - 1000 * head.secondsAgo;
          setFollowed({ ...head, readAt, isConnected: true });
          again(head.againSeconds);
        },
        () => {
          if (leaving.signal.aborted) return;
          setFollowed((before) => before && { ...before, isConnected: false });
          again(RETRY_SECONDS);
        },
      );
    };
    look();
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [source, study]);
  return followed;
}
