import type { IncomingMessage } from 'node:http';

/** Why an HTTP request is refused before its body is read. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
}

/** @returns undefined for a request that may be read */
export function refusalOf(request: IncomingMessage, { loopbackOnly }: { loopbackOnly: boolean }): Refusal | undefined {
  if (loopbackOnly && !isLoopbackHost(request.headers.host)) {
    // A page whose name an attacker points at 127.0.0.1 sends its own name here.
    return { status: 403, reason: 'the Host header must name this machine' };
  }
  if (request.method !== 'POST') return { status: 405, reason: 'JSON-RPC is sent by POST' };
  if (!isJson(request.headers['content-type'])) {
    // A browser sends any other type to any site without asking; this one it asks for first, and gets no answer.
    return { status: 415, reason: 'the content type must be application/json' };
  }
  return undefined;
}

/** True for the addresses and the name that never leave this machine. */
export function isLoopbackAddress(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function isLoopbackHost(header: string | undefined): boolean {
  return header !== undefined && isLoopbackAddress(header.replace(/:\d{1,5}$/, '').toLowerCase());
}

function isJson(contentType: string | undefined): boolean {
  return contentType?.split(';')[0]?.trim().toLowerCase() === 'application/json';
}
