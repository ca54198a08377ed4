import type { VerificationStep } from '../../../audit/verify-bundle.ts';
import { bytes, whole } from '../shell/format.ts';
import type { Verification } from './use-verifier.ts';

const STEPS: readonly VerificationStep[] = ['blocks', 'ledger', 'contents'];

const DOING: Readonly<Record<VerificationStep, (done: number, total: number) => string>> = {
  blocks: (done, total) => `Hashing all blocks: ${bytes(done)} of ${bytes(total)}`,
  ledger: (done, total) => `Checking the log and its signatures: entry ${whole(done)} of ${whole(total)}`,
  contents: (done, total) => `Holding updates against their segments: ${whole(done)} of ${whole(total)}`,
};

type VerifyProgressProps = Omit<Extract<Verification, { state: 'running' }>, 'state'> & {
  readonly onCancel: () => void;
};

/** How far a verification is. */
export function VerifyProgress({ file, progress, onCancel }: VerifyProgressProps) {
  const doing = progress === null ? 'Opening the file' : DOING[progress.step](progress.done, progress.total);
  const step = progress === null ? 0 : STEPS.indexOf(progress.step);
  const share = progress === null || progress.total === 0 ? 0 : progress.done / progress.total;
  return (
    <div class="verify-progress" aria-live="off">
      <p>
        Verifying <bdi>{file.name}</bdi>, step {step + 1} of {STEPS.length}
      </p>
      <progress value={share} max={1} aria-label={`Step ${step + 1} of ${STEPS.length}`} />
      <p class="soft">{doing}</p>
      <button type="button" onClick={onCancel}>
        Stop
      </button>
    </div>
  );
}
