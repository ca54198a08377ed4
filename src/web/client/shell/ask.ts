import { authorise } from '../../../http/server-proof.ts';
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
 * Asks the server that this page is from; the token is sent to nobody, as another program can have its port by now.
 * @param path absolute, for instance `/api/view`
 * @throws AskError
 */
export async function ask(path: string, signal: AbortSignal | null = null): Promise<Response> {
  const token = readToken();
  let response: Response;
  try {
    response = await fetch(path, { headers: token === null ? {} : await headersFor(path, token, signal), signal });
  } catch (cause) {
    if (signal?.aborted === true || cause instanceof AskError) throw cause;
    throw new AskError('unreachable', 'nothing answers at this address');
  }
  if (response.ok) return response;
  if (response.status === 401) {
    // Whoever has the token and says no has forgotten its challenge, or is another program by now: the next proof tells.
    throw token === null
      ? new AskError('unauthorised', 'a token is needed')
      : new AskError('unreachable', 'the answer came too late');
  }
  if (response.status === 404) throw new AskError('missing', 'there is no such thing here');
  const reason = (await response.text()).trim() || `code ${response.status}`;
  throw new AskError(response.status === 503 ? 'unavailable' : 'refused', reason);
}

async function headersFor(path: string, token: string, signal: AbortSignal | null): Promise<Record<string, string>> {
  const authorization = await authorise(new URL(path, location.origin), token, signal);
  if (authorization !== null) return { authorization };
  throw new AskError('unauthorised', 'It is of another run, or another program has this port by now. It was not sent.');
}

/** @throws AskError */
export async function askJson<T>(path: string, signal: AbortSignal | null = null): Promise<T> {
  return (await (await ask(path, signal)).json()) as T;
}
