import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { ProofVerdict, SegmentClaim } from '../../../audit/check-segment-proof.ts';
import type { Hex } from '../../../base/bytes.ts';
import { whole } from '../shell/format.ts';

export interface ProofResultProps {
  readonly file: File;
  readonly verdict: ProofVerdict;
  /** Accounts that the reader named as members; null if it named none. */
  readonly members: readonly Hex[] | null;
  /** Asks again, with the accounts that the reader knows to be members; null for whoever signed. */
  readonly onMembers: (members: readonly Hex[] | null) => void;
}

/** What a proof of one segment shows. */
export function ProofResult({ file, verdict, members, onMembers }: ProofResultProps) {
  return (
    <div class="verify-result">
      <div class={`notice ${verdict.ok ? 'good' : 'bad'}`}>
        <strong>{verdict.ok ? 'The proof holds' : 'The proof is refused'}</strong>
        <div>
          <bdi>{file.name}</bdi>: {verdict.ok ? soundness(members) : `${verdict.reason}.`}{' '}
          {verdict.ok ? null : <code>{verdict.code}</code>}
        </div>
      </div>
      {verdict.ok ? <Claim claim={verdict.claim} /> : null}
      <MembersForm members={members} onMembers={onMembers} />
      <p class="note">
        No chain was asked here. <code>consilium audit check-proof &lt;proof&gt; --rpc … --contract …</code> asks the
        ledger whether it has the entry.
      </p>
    </div>
  );
}

function Claim({ claim }: { readonly claim: SegmentClaim }) {
  const { title, study, segment, segments, digest, member, round, sequence, domain, cosigned } = claim;
  const facts: readonly (readonly [string, ComponentChildren])[] = [
    ['Study', <bdi key="t">{title}</bdi>],
    ["Study's digest", <code key="s">{study}</code>],
    [`Segment ${segment} of ${segments}, counted from 0: its SHA-256`, <code key="d">{digest}</code>],
    [`Signed for round ${round} by`, <code key="m">{member}</code>],
    [
      `Entry ${whole(sequence)} of the log of this contract, on chain ${domain.chainId}`,
      <code key="c">{domain.contract}</code>,
    ],
    [
      `Signed under a later head by ${cosigned.length} accounts`,
      <ul class="accounts" key="l">
        {cosigned.map((each) => (
          <li key={each.member}>
            <code>{each.member}</code> after entry {whole(each.count - 1)}
          </li>
        ))}
      </ul>,
    ],
  ];
  return (
    <dl class="facts long-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const ACCOUNT = /^0x[0-9a-f]{40}$/;

const soundness = (members: readonly Hex[] | null): string =>
  members === null
    ? 'its Merkle path and all its signatures are right. They are worth what you know of the accounts below.'
    : `its Merkle path and all its signatures are right, and two thirds of the ${members.length} accounts that you named signed.`;

/** Signatures are worth what is known of the signers. */
function MembersForm({ members, onMembers }: Pick<ProofResultProps, 'members' | 'onMembers'>) {
  const [text, setText] = useState(members?.join(', ') ?? '');
  const accounts = text
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter((part) => part !== '');
  const wrong = accounts.find((account) => !ACCOUNT.test(account));
  return (
    <form
      class="members-form"
      onSubmit={(event) => {
        event.preventDefault();
        onMembers(accounts.length === 0 ? null : (accounts as Hex[]));
      }}
    >
      <label>
        Accounts that you know to be the study's members, if you do: two thirds of them must have signed
        <textarea
          rows={3}
          spellcheck={false}
          autocomplete="off"
          placeholder="0x…, 0x…"
          value={text}
          aria-invalid={wrong !== undefined}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      {wrong === undefined ? null : (
        <p class="soft" role="status">
          <bdi>{wrong}</bdi> is no account: 0x and 40 hexadecimal digits.
        </p>
      )}
      <button type="submit" disabled={wrong !== undefined}>
        Check again
      </button>
    </form>
  );
}
