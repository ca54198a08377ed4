/**
 * What becomes of a received record. `reject` means that no honest peer would have forwarded it and costs its sender;
 * `ignore` means that it is of no use here and now. `rule` is the number under which docs/PROTOCOL.md states the check.
 */
export type Verdict =
  | { readonly action: 'accept' }
  | { readonly action: 'reject' | 'ignore'; readonly rule: string; readonly reason: string };

export const ACCEPT: Verdict = { action: 'accept' };

export const reject = (rule: string, reason: string): Verdict => ({ action: 'reject', rule, reason });

export const ignore = (rule: string, reason: string): Verdict => ({ action: 'ignore', rule, reason });
