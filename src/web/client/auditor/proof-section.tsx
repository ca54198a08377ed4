import { useState } from 'preact/hooks';
import type { SegmentProof } from '../../../audit/segment-proof.ts';
import type { ProofText } from '../../auditor/contribution-view.ts';
import { counted } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';
import { Failed } from '../shell/states.tsx';
import { useAnswer } from '../shell/use-answer.ts';
import { HexText } from './names.tsx';

export interface ProofSectionProps {
  /** How many segments the contribution has. */
  readonly segments: number;
  /** The proof of segment 0; null where it is not to be had. */
  readonly first: ProofText | null;
  load(segment: number): Promise<ProofText | null>;
}

/** The proof that a segment belongs to the contribution and the contribution to the log, as a file for a third party. */
export function ProofSection({ segments, first, load }: ProofSectionProps) {
  const [segment, setSegment] = useState(0);
  const answer = useAnswer(async () => (segment === 0 ? first : await load(segment)), [segment, first]);
  const note =
    'From a segment to the update’s Merkle root, from the signed record to the log, and on to heads that members signed. A third party checks it with ‘consilium audit check-proof’, or drops it on ‘Verify in this browser’.';
  return (
    <Section id="proof" title="Inclusion proof" note={note}>
      {segments < 2 || first === null ? null : (
        <label class="inline">
          Segment{' '}
          <select value={segment} onChange={({ currentTarget }) => setSegment(Number(currentTarget.value))}>
            {Array.from({ length: segments }, (_, i) => (
              <option key={i} value={i}>
                {i}
              </option>
            ))}
          </select>
        </label>
      )}
      {answer.state === 'failed' ? <Failed {...answer} /> : null}
      {answer.state === 'here' ? <Proof proof={answer.value} segment={segment} /> : null}
    </Section>
  );
}

function Proof({ proof, segment }: { proof: ProofText | null; segment: number }) {
  if (proof === null)
    return (
      <p class="state">
        Proofs are not in this file; ‘consilium audit prove’ cuts one out of the bundle, and so does the page that
        ‘consilium audit serve’ serves.
      </p>
    );
  if ('reason' in proof) return <p class="state">{proof.reason}</p>;
  const { segment: part, links, cosignatures } = JSON.parse(proof.text) as SegmentProof;
  return (
    <>
      <ol class="path">
        <li>
          segment {segment}: <HexText hex={part.digest} />
        </li>
        {part.path.map((hash, i) => (
          <li key={hash}>
            level {i + 1}: with <HexText hex={hash} />
          </li>
        ))}
        <li>
          the log: {counted(links.length, 'entry', 'entries')} to heads with the signatures of{' '}
          {counted(cosignatures.length, 'member')}
        </li>
      </ol>
      <button type="button" onClick={() => save(`proof-segment-${segment}.json`, proof.text)}>
        Save the proof ({(proof.text.length / 1000).toFixed(1)} kB)
      </button>
    </>
  );
}

function save(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
}
