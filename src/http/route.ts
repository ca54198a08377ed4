/** Who gets an answer: whoever can reach the port, or only who has the token. */
export type Access = 'open' | 'token';

export interface RouteRequest {
  /** What stands in the place of each `:name` of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Only names that the route lists; each at most once. */
  readonly query: Readonly<Record<string, string>>;
}

/** Something that can be read. There are no others: no route changes anything. */
export interface Route {
  /** Literal segments and `:name` for any one segment, for instance `/api/studies/:study`. */
  readonly path: string;
  readonly access: Access;
  /** Names that may stand in the query; with any other the address does not exist. */
  readonly query?: readonly string[];
  answer(request: RouteRequest): Reply | EventStream | Promise<Reply | EventStream>;
}

export interface Reply {
  readonly code: number;
  readonly type: string;
  readonly body: string | Uint8Array;
  /** The same body compressed, for who accepts that. */
  readonly gzip?: Uint8Array;
  /** The bytes never change under this address. */
  readonly immutable?: boolean;
}

/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface EventStream {
  /**
   * @param send takes an event's name and its data, one line of JSON; a reader that is too slow misses events, never the last one
   * @returns what ends the subscription
   */
  subscribe(send: (event: string, data: string) => void): () => void;
}

export const TEXT_TYPE = 'text/plain; charset=utf-8';
export const JSON_TYPE = 'application/json; charset=utf-8';

export const jsonReply = (value: unknown, code = 200): Reply => ({
  code,
  type: JSON_TYPE,
  body: JSON.stringify(value),
});
export const refusal = (code: number, reason: string): Reply => ({ code, type: TEXT_TYPE, body: `${reason}\n` });
