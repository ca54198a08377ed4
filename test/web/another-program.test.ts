import { once } from 'node:events';
import { createServer } from 'node:http';
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

/** Answers everything with a view, as somebody would who wants to be taken for the peer, and keeps what it was sent. */
async function impersonate(port: number): Promise<{ heard: string[]; stop: () => Promise<unknown> }> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url} ${request.rawHeaders.join(' ')}`);
    request.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
    response.writeHead(200, { 'content-type': 'text/event-stream', connection: 'close' });
    response.end(`event: view\ndata: ${JSON.stringify(viewOf())}\n\n`);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const stop = (): Promise<unknown> => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    return closed;
  };
  return { heard, stop };
}

describeInBrowser('a program that has the port after the peer', ({ open }) => {
  test('is not sent the token by a page that is still open, nor by the form for it', async () => {
    const peer = await startPeer();
    const port = Number(new URL(peer.url).port);
    const { page, close } = await open();
    await page.goto(`${peer.url}/#token=${TOKEN}`);
    await page.getByRole('heading', { name: 'Round 3' }).waitFor();
    await peer.stop();

    const other = await impersonate(port);
    await page.getByText('does not know this token').waitFor();
    await page.getByText('It was not sent').waitFor();
    await page.getByLabel('Token').fill(TOKEN);
    const asked = other.heard.length;
    await page.getByRole('button', { name: 'Open' }).click();
    await expect.poll(() => other.heard.length).toBeGreaterThan(asked);
    await page.getByText('does not know this token').waitFor();
    expect(other.heard.every((each) => each.startsWith('GET /api/proof?nonce='))).toBe(true);
    expect(other.heard.join()).not.toMatch(new RegExp(`${TOKEN}|authorization`, 'i'));
    await other.stop();

    const again = await startPeer(port);
    await page.getByLabel('Token').fill(TOKEN);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('heading', { name: 'Round 3' }).waitFor();
    await close();
    await again.stop();
  });
});
