/** What the worker of `bench:audit` is asked. */
export type AuditTask =
  | { readonly do: 'write'; readonly path: string; readonly entries: number }
  | { readonly do: 'verify'; readonly path: string }
  | { readonly do: 'recover'; readonly path: string; readonly signatures: number };

export interface AuditAnswers {
  readonly write: { readonly bundleBytes: number };
  readonly verify: {
    readonly entries: number;
    readonly signatures: number;
    readonly findings: number;
    readonly seconds: number;
    readonly cpuSeconds: number;
    /** Largest resident memory of the process. */
    readonly peakMemoryBytes: number;
  };
  readonly recover: { readonly cpuSecondsPerSignature: number };
}
