import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Which connections a server keeps. */
export interface ConnectionPlaces {
  /** From now on this one has a place of its own and is not sent away. */
  keep(socket: Socket): void;
}

/**
 * Sends the connection away that has been there longest when there are more than `maximum`. A request takes milliseconds, so who sits on
 * connections and says or reads nothing gives way to who comes; were newcomers refused instead, sitting there would keep everybody out.
 */
export function limitConnections(server: Server, maximum: number): ConnectionPlaces {
  const sitting = new Set<Socket>();
  server.on('connection', (socket) => {
    sitting.add(socket);
    socket.once('close', () => sitting.delete(socket));
    for (const oldest of sitting) {
      if (sitting.size <= maximum) return;
      sitting.delete(oldest);
      oldest.destroy();
    }
  });
  return { keep: (socket) => sitting.delete(socket) };
}
