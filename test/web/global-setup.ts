import { buildClientIfStale } from '../../scripts/web/build-client.ts';

/** Tests look at the pages as they are in this checkout. */
export const setup = buildClientIfStale;
