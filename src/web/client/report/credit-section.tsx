import type { RunView } from '../../report/run-view.ts';
import { milliNats } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';

/** What each final model owes to each member's training. */
export function CreditSection({ run: { members } }: { run: RunView }) {
  if (members.every(({ modelCredits }) => modelCredits === null)) return null;
  return (
    <Section
      id="credit"
      title="What the final models owe to whom"
      note="Scores followed through the mixes, by weight, in thousandths of a nat: rows are final models, columns whose training it was."
    >
      <div class="scroll" tabIndex={0} role="region" aria-label="Credits of the final models">
        <table class="narrow">
          <thead>
            <tr>
              <th scope="col">Final model of</th>
              {members.map(({ name, account }) => (
                <th key={account} scope="col">
                  <bdi>{name}</bdi>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {members.map(({ name, account, modelCredits }) => (
              <tr key={account}>
                <th scope="row">
                  <bdi>{name}</bdi>
                </th>
                {members.map((_, source) => (
                  <td key={source}>{milliNats(modelCredits?.[source] ?? null)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
