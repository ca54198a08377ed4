import type { ReadOnlyServer } from '../../src/http/read-only-server.ts';
import { authorise } from '../../src/http/server-proof.ts';

/** The header by which who has the token asks for an address. */
export async function authorisationFor(
  { url }: Pick<ReadOnlyServer, 'url'>,
  path: string,
  token: string,
): Promise<string> {
  const authorization = await authorise(new URL(path, url), token, null);
  if (authorization === null) throw new Error(`${url} does not have this token`);
  return authorization;
}
