import type { ComponentChildren } from 'preact';
import { bytes, decimal, whole } from '../shell/format.ts';
import { FirstFindings } from './first-findings.tsx';
import type { BundleOutcome } from './verifier-message.ts';

export interface BundleResultProps {
  readonly file: File;
  readonly outcome: BundleOutcome;
  readonly seconds: number;
}

/** What a bundle was found to be, and what was not looked at. */
export function BundleResult({ file, outcome, seconds }: BundleResultProps) {
  const { count, findings } = outcome;
  const isClean = count === 0;
  return (
    <div class="verify-result">
      <div class={`notice ${isClean ? 'good' : 'bad'}`}>
        <strong>{isClean ? 'No findings' : `${whole(count)} ${count === 1 ? 'finding' : 'findings'}`}</strong>
        <div>
          <bdi>{file.name}</bdi>, {bytes(outcome.bytes)}, verified here in {decimal(seconds, 1)} s.{' '}
          {isClean
            ? 'Every signature, head, Merkle root and digest in it is right.'
            : 'The bundle is not what its records say. Each finding has its place below.'}
        </div>
      </div>
      {isClean ? null : <FirstFindings findings={findings} count={count} />}
      <Facts outcome={outcome} />
      <Scope />
    </div>
  );
}

function Facts({ outcome }: { readonly outcome: BundleOutcome }) {
  const { terms, study, chainId, contract, head, participants } = outcome;
  return (
    <>
      <h3>What the bundle is about</h3>
      <p class="note">
        Compare contract, head and accounts with what you know of the study: a bundle cannot vouch for those.
      </p>
      <dl class="facts">
        <Fact name="Study">{terms === null ? 'not known: the manifest is missing' : <bdi>{terms.title}</bdi>}</Fact>
        <Fact name="Rounds">{terms === null ? '–' : whole(terms.rounds)}</Fact>
        <Fact name="Entries of the log">{whole(outcome.entries)}</Fact>
        <Fact name="Signatures checked">{whole(outcome.signatures)}</Fact>
        <Fact name="Merkle roots recomputed">{whole(outcome.updates)}</Fact>
        <Fact name="Blocks hashed">{whole(outcome.blocks)}</Fact>
      </dl>
      <dl class="facts long-facts">
        <Fact name="Study's digest">
          <code>{study}</code>
        </Fact>
        <Fact name={`Contract, on chain ${chainId}`}>
          <code>{contract}</code>
        </Fact>
        <Fact name="Head after the last entry">
          <code>{head}</code>
        </Fact>
        <Fact name={`Accounts that joined, ${participants.length}`}>
          <ul class="accounts">
            {participants.map((account) => (
              <li key={account}>
                <code>{account}</code>
              </li>
            ))}
          </ul>
        </Fact>
      </dl>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What stands behind the verdict, and what does not. */
function Scope() {
  return (
    <div class="columns scope">
      <div>
        <h3>Checked here</h3>
        <ul>
          <li>the SHA-256 of every block, and that each is there, once, in its place, and named by a record</li>
          <li>the log: sequence, head hashes from the first entry to the last, one record for each member and round</li>
          <li>the signature of every contribution and of every head that a member signed</li>
          <li>that revealed scores open the commitments that were signed before</li>
          <li>the Merkle root of every update over its segments, and of the initial model</li>
          <li>that the manifest is the study's, and what the study was opened with</li>
        </ul>
      </div>
      <div>
        <h3>Not checked here</h3>
        <ul>
          <li>
            that the ledger has this log: no chain was asked.{' '}
            <code>consilium audit verify &lt;bundle&gt; --rpc … --contract …</code> asks one
          </li>
          <li>
            that each mix is what its recipe says, that recipes and stated figures follow the study's terms, and that no
            update is a copy: <code>consilium audit verify &lt;bundle&gt;</code> repeats every mix
          </li>
          <li>whose accounts those are</li>
          <li>
            this page itself: its code came from where you opened it. Your own copy of Consilium does the same with{' '}
            <code>consilium audit verify</code>
          </li>
        </ul>
      </div>
    </div>
  );
}
