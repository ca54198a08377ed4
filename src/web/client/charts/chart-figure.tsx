import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export interface TableBehind {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface ChartFigureProps {
  /** What is drawn, in a few words. */
  readonly title: string;
  /** What it shows, in a sentence: for people who do not see the drawing. */
  readonly description: string;
  /** Size of the drawing in its own units; it is scaled to the width that there is. */
  readonly size: { readonly width: number; readonly height: number };
  readonly legend?: ComponentChildren;
  /** The same figures as a table. */
  readonly table: TableBehind;
  /** SVG elements. */
  readonly children: ComponentChildren;
}

/** A drawing with its title, its legend, and the table behind it. */
export function ChartFigure({ title, description, size, legend, table, children }: ChartFigureProps) {
  const id = useId();
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      {legend === undefined ? null : <div class="legend">{legend}</div>}
      <svg class="plot" viewBox={`0 0 ${size.width} ${size.height}`} role="img" aria-labelledby={`${id}-t ${id}-d`}>
        <title id={`${id}-t`}>{title}</title>
        <desc id={`${id}-d`}>{description}</desc>
        {children}
      </svg>
      <FiguresBehind title={title} table={table} />
    </figure>
  );
}

/** The table behind something that is drawn. */
export function FiguresBehind({ title, table }: Pick<ChartFigureProps, 'title' | 'table'>) {
  return (
    <details class="figures">
      <summary>Figures</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label={`${title}: figures`}>
        <table>
          <thead>
            <tr>
              {table.head.map((cell) => (
                <th key={cell} scope="col">
                  {cell}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row) => (
              <tr key={row[0]}>
                {row.map((cell, i) =>
                  i === 0 ? (
                    <th key={i} scope="row">
                      {cell}
                    </th>
                  ) : (
                    <td key={i}>{cell}</td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
