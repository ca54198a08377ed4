import type { Hex } from '../../../base/bytes.ts';
import { Section } from '../shell/frame.tsx';
import { BundleResult } from './bundle-result.tsx';
import { DropZone } from './drop-zone.tsx';
import { ProofResult } from './proof-result.tsx';
import { useVerifier, type Verification } from './use-verifier.ts';
import { hasWorkers } from './verifier.ts';
import { NoWorkers, VerifierFailed, WrongFile } from './verify-problems.tsx';
import { VerifyProgress } from './verify-progress.tsx';

/** Checks a bundle or a proof of the reader's own, on the reader's own machine: no server is asked. */
export function VerifySection() {
  const { verification, verify, cancel } = useVerifier();
  return (
    <Section
      id="verify"
      title="Verify in this browser"
      note={
        <>
          Signatures, the log's heads, Merkle roots and the digest of every block are computed here, on your machine,
          from a file of yours. Nothing of it is sent anywhere, and no server is asked.
        </>
      }
    >
      {hasWorkers() ? (
        <>
          <DropZone isBusy={verification.state === 'running'} onFile={(file) => verify(file)} />
          <div aria-live="polite">
            <State
              verification={verification}
              onCancel={cancel}
              onMembers={(members) => verification.state === 'done' && verify(verification.file, members)}
            />
          </div>
        </>
      ) : (
        <NoWorkers />
      )}
    </Section>
  );
}

interface StateProps {
  readonly verification: Verification;
  readonly onCancel: () => void;
  readonly onMembers: (members: readonly Hex[] | null) => void;
}

function State({ verification, onCancel, onMembers }: StateProps) {
  if (verification.state === 'waiting') {
    return verification.wasCancelled ? (
      <p class="state">Stopped before it was done: nothing can be said of the file.</p>
    ) : null;
  }
  const { file } = verification;
  if (verification.state === 'running') return <VerifyProgress {...verification} onCancel={onCancel} />;
  const { outcome, seconds } = verification;
  switch (outcome.kind) {
    case 'bundle':
      return <BundleResult file={file} outcome={outcome.outcome} seconds={seconds} />;
    case 'proof':
      return <ProofResult file={file} verdict={outcome.verdict} members={verification.members} onMembers={onMembers} />;
    case 'unreadable':
      return <WrongFile file={file} reason={outcome.reason} />;
    case 'failed':
      return <VerifierFailed reason={outcome.reason} />;
  }
}
