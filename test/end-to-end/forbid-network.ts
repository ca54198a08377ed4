/** Loaded into a process before anything else: whoever opens a socket, or asks for an address, ends with exit code 99. */
import dgram from 'node:dgram';
import dns from 'node:dns';
import { writeSync } from 'node:fs';
import { Server, Socket } from 'node:net';

const forbidden = (what: string) => (): never => {
  writeSync(2, `network: ${what}\n`);
  process.exit(99);
};

Socket.prototype.connect = forbidden('connect');
Server.prototype.listen = forbidden('listen');
dgram.Socket.prototype.bind = forbidden('bind');
dgram.Socket.prototype.send = forbidden('send');
dns.lookup = forbidden('lookup') as unknown as typeof dns.lookup;
