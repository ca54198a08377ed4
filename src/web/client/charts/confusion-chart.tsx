import { ChartFigure } from './chart-figure.tsx';
import { shortenWords } from './shorten-words.ts';

export interface ConfusionChartProps {
  readonly title: string;
  readonly description: string;
  readonly classNames: readonly string[];
  /** A row for each true class, a column for each that was taken. */
  readonly matrix: readonly (readonly number[])[];
}

const WIDTH = 560;
const LEFT = 150;
const TOP = 62;
const TALLEST_ROW = 74;
const LABEL_LETTERS = 18;
/** Cells of more classes have no room for a number. */
const MOST_NUMBERED = 12;
const FAINT = 0.06;
const STRONG = 0.55;

/** Which classes are taken for which: the stronger a cell, the larger its share of the true class. */
export function ConfusionChart({ title, description, classNames, matrix }: ConfusionChartProps) {
  const count = classNames.length;
  const column = (WIDTH - LEFT - 8) / count;
  const row = Math.min(TALLEST_ROW, column);
  const letters = Math.max(2, Math.floor(column / 8));
  return (
    <ChartFigure
      title={title}
      description={description}
      size={{ width: WIDTH, height: TOP + count * row + 8 }}
      table={{
        head: ['is', ...classNames.map((name) => `taken for ${name}`)],
        rows: matrix.map((cells, index) => [classNames[index] ?? '', ...cells.map(String)]),
      }}
    >
      <text class="axis-title" x={LEFT + (count * column) / 2} y={18} text-anchor="middle">
        taken for
      </text>
      <text class="axis-title" x={LEFT - 12} y={TOP - 14} text-anchor="end">
        is
      </text>
      {classNames.map((name, index) => (
        <g key={index}>
          <text x={LEFT + (index + 0.5) * column} y={TOP - 14} text-anchor="middle">
            {shortenWords(name, letters)}
          </text>
          <text x={LEFT - 12} y={TOP + (index + 0.5) * row} dy=".32em" text-anchor="end">
            {shortenWords(name, LABEL_LETTERS)}
          </text>
        </g>
      ))}
      {matrix.map((cells, is) => {
        const total = cells.reduce((sum, each) => sum + each, 0) || 1;
        return cells.map((each, taken) => (
          <g key={`${is}-${taken}`} class={is === taken ? 'm0' : 'm1'}>
            <title>{`${each} of ${total} ${classNames[is]} taken for ${classNames[taken]}`}</title>
            <rect
              class="heat"
              x={LEFT + taken * column + 1}
              y={TOP + is * row + 1}
              width={column - 2}
              height={row - 2}
              fill-opacity={FAINT + (STRONG - FAINT) * (each / total)}
            />
            {count > MOST_NUMBERED ? null : (
              <text
                class="heat-count"
                x={LEFT + (taken + 0.5) * column}
                y={TOP + (is + 0.5) * row}
                dy=".32em"
                text-anchor="middle"
              >
                {each}
              </text>
            )}
          </g>
        ));
      })}
    </ChartFigure>
  );
}
