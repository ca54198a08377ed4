import { useState } from 'preact/hooks';
import type { LineageNode, LineageView } from '../../auditor/lineage-view.ts';
import { whole } from '../shell/format.ts';
import { originOf, targetsOf } from './describe-node.ts';
import type { LineageIndex } from './lineage-layout.ts';

export interface LineageTableProps {
  readonly view: LineageView;
  readonly index: LineageIndex;
  readonly reached: readonly boolean[] | null;
  readonly addressOf: (node: LineageNode) => string;
}

/** The graph in words, a round at a time. */
export function LineageTable({ view, index, reached, addressOf }: LineageTableProps) {
  const [isOpen, setOpen] = useState(false);
  const [round, setRound] = useState(view.firstRound);
  const rounds = Array.from({ length: view.rounds + 1 - view.firstRound }, (_, i) => view.firstRound + i);
  return (
    <details class="figures" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>The same as a table</summary>
      {isOpen ? (
        <>
          <label>
            Round{' '}
            <select value={round} onChange={({ currentTarget }) => setRound(Number(currentTarget.value))}>
              {rounds.map((each) => (
                <option key={each} value={each}>
                  {each === view.rounds ? 'final models' : each}
                </option>
              ))}
            </select>
          </label>
          <div class="scroll" tabIndex={0} role="region" aria-label="Lineage of a round">
            <table class="lineage-table">
              <thead>
                <tr>
                  <th scope="col">Contribution of</th>
                  <th scope="col">Entry</th>
                  <th scope="col" class="text">
                    Made of
                  </th>
                  <th scope="col">Went into</th>
                  {reached === null ? null : <th scope="col">Reached</th>}
                </tr>
              </thead>
              <tbody>
                {[...view.nodes.entries()]
                  .filter(([, node]) => node.round === round)
                  .map(([place, node]) => (
                    <tr key={place}>
                      <th scope="row">
                        <a href={addressOf(node)} title={node.account}>
                          {index.names[node.row]}
                        </a>
                      </th>
                      <td>{node.entry === null ? 'not recorded' : whole(node.entry)}</td>
                      <td class="text">{originOf(view, index, place)}</td>
                      <td>{whole(targetsOf(view, index, place))}</td>
                      {reached === null ? null : <td>{reached[place] === true ? 'yes' : 'no'}</td>}
                    </tr>
                  ))}
              </tbody>
            </table>
          </div>
        </>
      ) : null}
    </details>
  );
}
