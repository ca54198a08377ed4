import { useEffect, useRef, useState } from 'preact/hooks';
import type { Hex } from '../../../base/bytes.ts';
import { startVerifier } from './verifier.ts';
import type { VerifierAnswer } from './verifier-message.ts';

type Progress = Extract<VerifierAnswer, { kind: 'progress' }>;
export type Outcome = Exclude<VerifierAnswer, Progress>;

export type Verification =
  | { readonly state: 'waiting'; readonly wasCancelled: boolean }
  | { readonly state: 'running'; readonly file: File; readonly progress: Progress | null }
  | {
      readonly state: 'done';
      readonly file: File;
      /** Accounts that the reader named. */
      readonly members: readonly Hex[] | null;
      readonly seconds: number;
      readonly outcome: Outcome;
    };

export interface VerifierControls {
  readonly verification: Verification;
  verify(file: File, members?: readonly Hex[] | null): void;
  cancel(): void;
}

/** One verification at a time: another file ends the one before. */
export function useVerifier(): VerifierControls {
  const [verification, setVerification] = useState<Verification>({ state: 'waiting', wasCancelled: false });
  const end = useRef(() => {});
  useEffect(() => () => end.current(), []);
  return {
    verification,
    verify: (file, members = null) => {
      end.current();
      const startedAt = performance.now();
      setVerification({ state: 'running', file, progress: null });
      end.current = startVerifier({ file, members }, (answer) => {
        if (answer.kind === 'progress') setVerification({ state: 'running', file, progress: answer });
        else
          setVerification({
            state: 'done',
            file,
            members,
            seconds: (performance.now() - startedAt) / 1000,
            outcome: answer,
          });
      });
    },
    cancel: () => {
      end.current();
      setVerification({ state: 'waiting', wasCancelled: true });
    },
  };
}
