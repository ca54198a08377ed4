import { WHY_RANKS_DIFFER } from '../../../audit/why-ranks-differ.ts';
import { Section } from '../shell/frame.tsx';

const TERMS: readonly (readonly [term: string, meaning: string])[] = [
  ['Member', 'A hospital that takes part with its own data, its own key and its own process.'],
  ['Round', 'Train on one’s own data, publish the result, pull the others’, mix. Rounds are counted from 0.'],
  ['Registered', 'A member of the consortium, by the Membership contract, whether it joined the study or not.'],
  ['Joined', 'Signed its consent to the study, on the ledger; from then on it is expected, until it withdraws.'],
  [
    'Contribution',
    'A signed record of one member and round: the digest of the model after local training, and its figures.',
  ],
  ['Closing record', 'The last signed record of a member, with the final model and no training.'],
  ['Segment', 'A slice of the model’s parameters. Each segment may be mixed from other contributions.'],
  ['Pulls', 'How many other members’ contributions go into each segment; a seed that nobody can choose decides which.'],
  ['Mix', 'The weighted mean of a member’s own and the pulled contributions: the model it goes on with.'],
  ['Weight', 'The share of one contribution in a mix, mean over the segments; the shares of a mix sum to 1.'],
  ['Stale', 'Trained for an earlier round than that of the mix; its weight is reduced for each round of lateness.'],
  ['Recipe', 'The record of a mix: sources, weights and the digest of what came out, enough to repeat it.'],
  ['Replay', 'To compute a mix again from its recipe and compare all bits of the result.'],
  ['Anchored', 'Recorded on the ledger, where nobody can change or remove it.'],
  ['Nat', 'The unit of cross-entropy loss: the surprise, by natural logarithm. A millinat is a thousandth of it.'],
  ['Score', 'Loss taken away on other members’ held-out data: the median over the other members, summed over rounds.'],
  [
    'Rank',
    `A member’s place, with the best and the worst that it could be if what evaluators do not agree on is left open. ${WHY_RANKS_DIFFER}`,
  ],
  [
    'Traced score',
    'What a member’s training is worth to the final models, mean over them: scores followed through the mixes, by weight.',
  ],
  ['Alone', 'The same model trained on one member’s data only.'],
  [
    'Pooled',
    'The same model trained on all data in one place: what federated learning would like to reach without moving data.',
  ],
  ['Held-out part', 'Examples that a member keeps from training, for its own tests.'],
  ['Common test part', 'Examples that nobody trains on, the same for all members.'],
  [
    'AUC',
    'Area under the ROC curve: how well the model ranks the sick above the healthy; 0.5 is chance, 1 is perfect.',
  ],
  ['Unevenness α', 'How data were dealt to the members: the smaller, the more they differ (Dirichlet distribution).'],
  ['Killed', 'The run ended this member’s process on purpose, to show what the others do without it.'],
];

/** What the words of the report mean. */
export function GlossarySection() {
  return (
    <Section id="glossary" title="Glossary">
      <details>
        <summary>{TERMS.length} words of this page, and what they mean</summary>
        <dl class="glossary">
          {TERMS.map(([term, meaning]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
      </details>
    </Section>
  );
}
