import type { Metrics } from '../base/metrics.ts';
import { type EventStream, jsonReply, type Reply, type Route } from '../http/route.ts';
import type { MemberPictures } from './member-pictures.ts';
import type { MemberView } from './member-view.ts';
import type { PeerStatus } from './peer-status.ts';

export interface OperationsDeps {
  readonly metrics: Metrics;
  /** The status now, or a moment ago. */
  recent(): PeerStatus;
  status(): PeerStatus;
  view(): MemberView;
  /** Null before the first evaluation. */
  pictures(): MemberPictures | null;
  /** Tells each change of the view. */
  readonly views: EventStream;
}

/** What a running peer answers, read-only: health and metrics name nobody; the rest takes the token of its data folder. */
export function operationsRoutes({ metrics, recent, status, view, views, pictures }: OperationsDeps): Route[] {
  return [
    { path: '/healthz', access: 'open', answer: () => health(recent()) },
    {
      path: '/metrics',
      access: 'open',
      answer: async () => ({ code: 200, type: metrics.contentType, body: await metrics.text() }),
    },
    { path: '/status', access: 'token', answer: () => jsonReply(status()) },
    { path: '/api/view', access: 'token', answer: () => jsonReply(view()) },
    { path: '/api/pictures', access: 'token', answer: () => jsonReply(pictures()) },
    { path: '/api/events', access: 'token', answer: () => views },
  ];
}

/** Names no member: whoever can reach the port may ask. */
function health({ phase, round, problems }: PeerStatus): Reply {
  const body = { healthy: problems.length === 0, phase, round, problems: problems.map(({ code }) => code) };
  return jsonReply(body, problems.length === 0 ? 200 : 503);
}
