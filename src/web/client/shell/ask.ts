import { knowsToken } from '../../../http/server-proof.ts';
import { readToken } from './token.ts';

/** Why there is no answer: the server wants a (different) token, does not answer at all, cannot answer now, has no such thing, or says no. */
export type Failure = 'unauthorised' | 'unreachable' | 'unavailable' | 'missing' | 'refused';

export class AskError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, message: string) {
    super(message);
    this.failure = failure;
  }
}

/**
 * Asks the server that this page is from; another program that has its port by now is not sent the token.
 * @param path absolute, for instance `/api/view`
 * @throws AskError
 */
export async function ask(path: string, signal: AbortSignal | null = null): Promise<Response> {
  const token = readToken();
  let response: Response;
  try {
    if (token !== null && !(await knowsToken('', token, signal))) {
      throw new AskError(
        'unauthorised',
        'It is of another run, or another program has this port by now. It was not sent.',
      );
    }
    response = await fetch(path, { headers: token === null ? {} : { authorization: `Bearer ${token}` }, signal });
  } catch (cause) {
    if (signal?.aborted === true || cause instanceof AskError) throw cause;
    throw new AskError('unreachable', 'nothing answers at this address');
  }
  if (response.ok) return response;
  if (response.status === 401) throw new AskError('unauthorised', 'a token is needed');
  if (response.status === 404) throw new AskError('missing', 'there is no such thing here');
  const reason = (await response.text()).trim() || `code ${response.status}`;
  throw new AskError(response.status === 503 ? 'unavailable' : 'refused', reason);
}

/** @throws AskError */
export async function askJson<T>(path: string, signal: AbortSignal | null = null): Promise<T> {
  return (await (await ask(path, signal)).json()) as T;
}
