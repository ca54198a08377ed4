import { Frame } from '../shell/frame.tsx';
import { Empty } from '../shell/states.tsx';
import { VerifySection } from '../verify/verify-section.tsx';

/** What an auditor sees of a bundle or a ledger. */
export function AuditorPage() {
  return (
    <Frame title="Consilium audit">
      <Empty>No study is open.</Empty>
      <VerifySection />
    </Frame>
  );
}
