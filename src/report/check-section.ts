import { type Markup, markup } from './markup.ts';

/** How a reader who trusts nobody repeats the audit, and what an audit can and cannot say. */
export function checkSection(): Markup {
  return markup`<section id="check"><h2>How to check this yourself</h2><div class="card prose">
<p>This page is a summary and proves nothing by itself. The proof is the evidence bundle and the ledger. Anybody who has the two can repeat the audit:</p>
<pre><code>./consilium audit verify &lt;bundle&gt; --rpc &lt;url&gt; --contract &lt;address&gt;</code></pre>
<p>Take the contract's address from the consortium and use a chain node that you trust, not what this page says; then compare the study digest. The command reads the log from the chain, checks every signature, digest and seeded choice, and computes every mix again from its sources. It ends with the findings; a clean study has none.</p>
<ul><li><strong>Verified by anybody:</strong> who signed which contribution and when it was anchored; what each mix was made of, bit for bit; the scores as sums and medians of what members revealed; the gas.</li>
<li><strong>Stated by the members, under their signatures:</strong> accuracy, loss and AUC, the number of samples, and each evaluator's own scores. Repeating those takes the member's held-out data, which never leave the hospital; figures on the common test part can be repeated by whoever has that part.</li>
<li><strong>Measured by the run that wrote this page:</strong> training alone, the pooled reference, bytes and time.</li></ul></div></section>
`;
}
