import net from 'node:net';

/**
 * From now on every TCP connection that this process opens goes through a shaping proxy, with a line in front that says who calls
 * and which port is meant. Reaching into Node's module is crude, but the peer's own code stays as it is, and nothing gets past.
 */
export function routeThroughProxy(self: number, proxyPort: number): void {
  const connect = net.connect.bind(net);
  const routed = (options: { port: number }): net.Socket => {
    const socket = connect({ host: '127.0.0.1', port: proxyPort, noDelay: true });
    socket.write(`${self} ${options.port}\n`);
    return socket;
  };
  net.connect = routed as typeof net.connect;
}
