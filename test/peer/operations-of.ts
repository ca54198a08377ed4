import { createMetrics } from '../../src/base/metrics.ts';
import type { Route } from '../../src/http/route.ts';
import { type OperationsDeps, operationsRoutes } from '../../src/peer/operations-routes.ts';
import { viewOf } from './member-view-builder.ts';

/** The routes of a peer of which a test says no more than it cares for. */
export function operationsOf(deps: Partial<OperationsDeps> = {}): Route[] {
  const view = deps.view ?? (() => viewOf());
  const status = deps.status ?? (() => view().status);
  const views = { subscribe: () => () => {} };
  return operationsRoutes({
    metrics: createMetrics(),
    recent: status,
    status,
    view,
    views,
    pictures: () => null,
    ...deps,
  });
}
