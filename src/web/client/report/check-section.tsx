import { Section } from '../shell/frame.tsx';

/** How a reader who trusts nobody repeats the audit, and what an audit can and cannot say. */
export function CheckSection() {
  return (
    <Section id="check" title="How to check this yourself">
      <div class="prose">
        <p>
          This page is a summary and proves nothing by itself. The proof is the evidence bundle and the ledger. Anybody
          who has the two can repeat the audit:
        </p>
        <p>
          <code>./consilium audit verify &lt;bundle&gt; --rpc &lt;url&gt; --contract &lt;address&gt;</code>
        </p>
        <p>
          Take the contract’s address from the consortium and a node that you trust, not from this page; then compare
          the study’s digest. The command reads the log from the chain, checks every signature, digest and seeded
          choice, and computes every mix again. ‘Verify in this browser’ does the part that needs no chain, on your
          machine.
        </p>
        <ul>
          <li>
            <strong>Verified by anybody:</strong> who signed which contribution and when it was anchored; what each mix
            was made of, bit for bit; scores as sums and medians of what members revealed; the gas.
          </li>
          <li>
            <strong>Stated by the members, under their signatures:</strong> accuracy, loss and AUC, numbers of records,
            and each evaluator’s own scores. Repeating those takes the member’s held-out data, which never leave the
            hospital; figures on the common test part can be repeated by whoever has that part.
          </li>
          <li>
            <strong>Measured by the run that wrote this page:</strong> training alone, the pooled reference, bytes and
            time.
          </li>
        </ul>
      </div>
    </Section>
  );
}
