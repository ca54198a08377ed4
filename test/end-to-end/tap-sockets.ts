/**
 * Loaded into every process of a run before anything else: keeps a copy of what is written to any socket, TLS or not, before
 * it is encrypted, in a file of its own below the folder that CONSILIUM_TEST_TAP names.
 */
import { appendFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';

const folder = process.env.CONSILIUM_TEST_TAP;

if (folder !== undefined) {
  const file = join(folder, `${process.pid}.sent`);
  const write = Socket.prototype.write;
  Object.defineProperty(Socket.prototype, 'write', {
    // Node itself replaces it on sockets that have ended.
    writable: true,
    configurable: true,
    value(this: Socket, chunk: Uint8Array | string, ...rest: []) {
      appendFileSync(file, chunk);
      return write.call(this, chunk, ...rest);
    },
  });
}
