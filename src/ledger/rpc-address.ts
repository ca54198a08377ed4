import { LedgerError, type LedgerErrorCode } from './ledger.ts';

/**
 * Checks the address of a node or of a signer: http or https, and nobody's password in it, since addresses are in messages and logs.
 * @throws LedgerError with the given code, which does not repeat a password
 */
export function assertRpcAddress(url: string, code: LedgerErrorCode): void {
  const parsed = URL.parse(url);
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) {
    const shown = parsed === null || url.includes('@') ? 'an address' : url;
    throw new LedgerError(code, `${shown} is not http or https; name one such as http://127.0.0.1:8545`);
  }
  if (parsed.username === '' && parsed.password === '') return;
  const message = `the address of ${parsed.host} has a user name or password in it; let a proxy on this machine add them`;
  throw new LedgerError(code, message, { details: { host: parsed.host } });
}
