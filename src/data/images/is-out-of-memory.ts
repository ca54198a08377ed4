/** Codes of the runtime's own modules for an allocation that failed. */
const CODES = ['ERR_MEMORY_ALLOCATION_FAILED', 'Z_MEM_ERROR'];

/** True if something failed for want of memory, and not for what is in a file: the engine says so by a message only. */
export function isOutOfMemory(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  if ('code' in thrown && CODES.includes(String(thrown.code))) return true;
  return /allocation failed|cannot allocate|out of memory/i.test(thrown.message);
}
