import { inputSpecSchema, type TableColumn } from '../../data/input-spec.ts';

/** The names of a table's inputs, in order; null for images, and where a manifest says nothing of its input. */
export function inputNamesOf(stated: unknown): string[] | null {
  const spec = inputSpecSchema.safeParse(stated);
  if (!spec.success || spec.data.kind !== 'table') return null;
  return spec.data.columns.flatMap(namesOf);
}

function namesOf(column: TableColumn): string[] {
  const indicator = column.indicator ? [`${column.name} is missing`] : [];
  if (column.kind === 'number') return [column.name, ...indicator];
  return [...column.levels.map((level) => `${column.name} = ${level}`), ...indicator];
}
