import { toLedgerError } from '../to-ledger-error.ts';

/** Whatever goes wrong in `work` comes out as a LedgerError. @param doing in the words of an error message */
export async function guarded<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toLedgerError(error, doing);
  }
}
