import type { Hex } from '../../base/bytes.ts';
import { isConsiliumError } from '../../base/errors.ts';
import { jsonReply, type Reply, type Route, type RouteRequest, refusal } from '../../http/route.ts';
import type { LogHead, StudyRow } from './audit-view.ts';
import type { AuditedStudy } from './audited-study.ts';
import { QUERY_NAMES, readEntryQuery } from './query-entries.ts';

/** The studies that a page is served of. */
export interface StudyShelf {
  list(): Promise<readonly StudyRow[]>;
  /** Null if there is no such study. */
  open(study: Hex): Promise<AuditedStudy | null>;
  /** Reads on where a log can grow; null if there is no such study. */
  look(study: Hex): Promise<LogHead | null>;
}

/** What an auditor's page asks for. */
export function auditorRoutes(shelf: StudyShelf): Route[] {
  const ofStudy = <T>(
    path: string,
    find: (study: Hex) => Promise<T | null>,
    answer: (found: T, request: RouteRequest) => Promise<Reply> | Reply,
    query: readonly string[] = [],
  ): Route => ({
    path: `/api/studies/:study${path}`,
    access: 'token',
    query,
    answer: (request) =>
      unlessSilent(async () => {
        const name = request.params['study'] ?? '';
        const found = /^0x[0-9a-f]{64}$/.test(name) ? await find(name as Hex) : null;
        return found === null ? refusal(404, 'there is no such study here') : answer(found, request);
      }),
  });
  const study = (
    path: string,
    answer: (found: AuditedStudy, request: RouteRequest) => Promise<Reply> | Reply,
    query: readonly string[] = [],
  ): Route => ofStudy(path, (name) => shelf.open(name), answer, query);
  return [
    { path: '/api/studies', access: 'token', answer: () => unlessSilent(async () => jsonReply(await shelf.list())) },
    ofStudy(
      '/head',
      (name) => shelf.look(name),
      (head) => jsonReply(head),
    ),
    study('', (found) => jsonReply(found.view())),
    study('/entries', (found, { query }) => jsonReply(found.entries(readEntryQuery(query))), QUERY_NAMES),
    study('/lineage', async (found) => orNone(await found.lineage())),
    study('/contributions/:member/:round', async (found, request) => {
      const name = readName(request);
      return orNone(name && (await found.contribution(name)));
    }),
    study(
      '/contributions/:member/:round/proof',
      async (found, request) => {
        const [name, segment] = [readName(request), wholeNumber(request.query['segment'] ?? '0')];
        return orNone(name === null || segment === null ? null : await found.proof({ ...name, segment }));
      },
      ['segment'],
    ),
  ];
}

/** A chain that does not answer is no fault of this server: whoever asks may come again. */
async function unlessSilent(answer: () => Promise<Reply>): Promise<Reply> {
  try {
    return await answer();
  } catch (error) {
    if (isConsiliumError(error, 'ledger/unreachable')) return refusal(503, 'the chain does not answer');
    throw error;
  }
}

const orNone = (value: unknown): Reply =>
  value === null ? refusal(404, 'there is no such thing here') : jsonReply(value);

function readName({ params }: RouteRequest): { account: string; round: number } | null {
  const round = wholeNumber(params['round'] ?? '');
  return round === null ? null : { account: (params['member'] ?? '').toLowerCase(), round };
}

function wholeNumber(text: string): number | null {
  return /^\d{1,10}$/.test(text) ? Number(text) : null;
}
