import { isConsiliumError, messageOf } from '../base/errors.ts';
import { type ReadOnlyServer, startReadOnlyServer } from '../http/read-only-server.ts';
import type { Route } from '../http/route.ts';
import { freshToken, readPageAddress, writePageAddress } from './page-address.ts';
import type { PeerConfig } from './peer-config.ts';
import { PeerError } from './peer-error.ts';

export interface OperationsServerOptions {
  readonly config: PeerConfig['operations'];
  /** The file that keeps port and token from run to run. */
  readonly path: string;
  readonly onError: (error: unknown) => void;
}

/**
 * Serves on the port of the configuration; where that leaves it open, on the one of the last run if it is free. An open page goes on with the token
 * of the last run only where that was used: whoever has that port now could pass the peer off as itself to such a page.
 * @throws PeerError `peer/port-in-use`, `peer/data-folder-invalid`
 */
export async function startOperationsServer(
  routes: readonly Route[],
  { config: { host, port }, path, onError }: OperationsServerOptions,
): Promise<{ readonly server: ReadOnlyServer; readonly token: string }> {
  const last = await readPageAddress(path);
  const listen = async (on: number, token: string) => ({
    server: await startReadOnlyServer(routes, { host, port: on, token, onError }),
    token,
  });
  const open = () => {
    if (last === null || (port !== 0 && port !== last.port)) return listen(port, freshToken());
    if (port !== 0) return listen(port, last.token);
    return listen(last.port, last.token).catch(() => listen(0, freshToken()));
  };
  const started = await open().catch((cause: unknown) => {
    if (!isConsiliumError(cause, 'http/port-in-use')) throw cause;
    const message = `cannot listen on port ${port} of ${host} for metrics and health; free it or change 'operations' in peer.json`;
    throw new PeerError('peer/port-in-use', message, { cause });
  });
  try {
    await writePageAddress(path, { port: Number(new URL(started.server.url).port), token: started.token });
  } catch (cause) {
    await started.server.stop();
    const message = `${path} cannot be written (${messageOf(cause)}); remove what is there`;
    throw new PeerError('peer/data-folder-invalid', message, { cause });
  }
  return started;
}
