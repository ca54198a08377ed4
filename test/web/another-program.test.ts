import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { type ReadOnlyServer, startReadOnlyServer } from '../../src/http/read-only-server.ts';
import { createSnapshotStream } from '../../src/http/snapshot-stream.ts';
import { readPageRoutes } from '../../src/web/web-bundle.ts';
import { viewOf } from '../peer/member-view-builder.ts';
import { operationsOf } from '../peer/operations-of.ts';
import { describeInBrowser } from './browser.ts';

const TOKEN = 'a1'.repeat(32);

async function startPeer(port = 0): Promise<ReadOnlyServer> {
  const routes = operationsOf({ views: createSnapshotStream('view', () => viewOf()) });
  const options = { host: '127.0.0.1', port, token: TOKEN };
  return startReadOnlyServer([...routes, ...(await readPageRoutes('member'))], options);
}

interface Heard {
  /** Method, address and headers, as they came. */
  readonly text: string;
  readonly address: string;
  readonly authorization: string | undefined;
}

interface Impersonator {
  readonly url: string;
  readonly heard: Heard[];
  stop(): Promise<unknown>;
}

/**
 * Answers everything with a view, as somebody would who wants to be taken for the peer, and keeps what it was sent.
 * @param passOn what it lets somebody else answer; nothing unless given
 */
async function impersonate(
  port: number,
  passOn?: (address: string) => Promise<Response> | null,
): Promise<Impersonator> {
  const heard: Heard[] = [];
  const note = (request: IncomingMessage): void => {
    const { method, url: address = '', rawHeaders, headers } = request;
    heard.push({ text: `${method} ${address} ${rawHeaders.join(' ')}`, address, authorization: headers.authorization });
  };
  const answer = async (address: string, response: ServerResponse): Promise<void> => {
    const passed = await passOn?.(address);
    if (passed) {
      const type = passed.headers.get('content-type') ?? '';
      response.writeHead(passed.status, { 'content-type': type, connection: 'close' }).end(await passed.text());
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', connection: 'close' });
    response.end(`event: view\ndata: ${JSON.stringify(viewOf())}\n\n`);
  };
  const server = createServer((request, response) => {
    note(request);
    void answer(request.url ?? '', response);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const stop = (): Promise<unknown> => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    return closed;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard, stop };
}

const isProof = ({ address }: Heard): boolean => address.startsWith('/api/proof?nonce=');
const tellsToken = ({ text }: Heard): boolean => text.toLowerCase().includes(TOKEN);

describeInBrowser('a program that has the port after the peer', ({ open }) => {
  test('is not sent the token by a page that is still open, nor by the form for it', async () => {
    const peer = await startPeer();
    const port = Number(new URL(peer.url).port);
    const { page, close } = await open();
    await page.goto(`${peer.url}/#token=${TOKEN}`);
    await page.getByRole('heading', { name: 'Round 3' }).waitFor();
    // All that the page asks for when it opens is answered: nothing is under way when the peer stops.
    await page.getByText('appear here once the second round has begun').waitFor();
    await peer.stop();

    const other = await impersonate(port);
    await page.getByText('does not know this token').waitFor();
    await page.getByText('It was not sent').waitFor();
    await page.getByLabel('Token').fill(TOKEN);
    const asked = other.heard.length;
    await page.getByRole('button', { name: 'Open' }).click();
    await expect.poll(() => other.heard.length).toBeGreaterThan(asked);
    await page.getByText('does not know this token').waitFor();
    expect(other.heard.filter((each) => !isProof(each) || tellsToken(each) || each.authorization)).toEqual([]);
    await other.stop();

    const again = await startPeer(port);
    await page.getByLabel('Token').fill(TOKEN);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('heading', { name: 'Round 3' }).waitFor();
    await close();
    await again.stop();
  });

  test('is not sent it either if it takes the port between the proof and what is asked then, nor what opens the peer', async () => {
    const peer = await startPeer();
    // The peer still answers for the page and the proof, as it would in its last moment; all that comes then, the other program hears.
    const other = await impersonate(0, (address) =>
      /^\/(assets\/.+|api\/proof\?.+)?$/.test(address) ? fetch(new URL(address, peer.url)) : null,
    );
    const { page, close } = await open();
    await page.goto(`${other.url}/#token=${TOKEN}`);
    const asking = (): Heard | undefined => other.heard.find(({ address }) => address === '/api/events');
    await expect.poll(asking).toBeDefined();
    await close();
    expect(other.heard.filter(tellsToken)).toEqual([]);

    const headers = { authorization: asking()?.authorization ?? '' };
    const codeOf = async (url: string, address: string): Promise<number> => {
      const reply = await fetch(new URL(address, url), { headers });
      await reply.body?.cancel();
      return reply.status;
    };
    const again = await startPeer();
    expect(await codeOf(again.url, '/api/events')).toBe(401);
    expect(await codeOf(peer.url, '/api/view')).toBe(401);
    expect(await codeOf(peer.url, '/api/events')).toBe(200); // the control: for this it was meant
    await Promise.all([peer.stop(), again.stop(), other.stop()]);
  });
});
