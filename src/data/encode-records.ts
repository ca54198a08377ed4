import { DataError } from './data-error.ts';
import type { Dataset } from './dataset.ts';
import { toColumns } from './demographics.ts';
import { classesOf, type InputSpec, inputShapeOf, inputsOf, type TableInput } from './input-spec.ts';
import type { SourceRecord } from './source-record.ts';

/**
 * Turns records into samples as the study's input says: tables get their missing values filled and their levels spread, images must have
 * the study's size already. Names, places and patients stay behind; sex and age come along where they are known, beside the inputs.
 * @throws DataError `data/unsuitable` naming the record
 */
export function encodeRecords(records: readonly SourceRecord[], spec: InputSpec): Dataset {
  const inputShape = inputShapeOf(spec);
  const classNames = classesOf(spec);
  const width = inputShape.reduce((product, side) => product * side, 1);
  const inputs = new Float32Array(records.length * width);
  const labels = new Uint8Array(records.length);
  records.forEach((record, index) => {
    const label = classNames.indexOf(record.label);
    if (label < 0) throw unsuitable(record, `has a class that the study has not`);
    labels[index] = label;
    inputs.set(encodeValues(record, spec), index * width);
  });
  const hasTimes = spec.kind === 'table' && spec.time !== null;
  return {
    inputs,
    labels,
    ...(hasTimes ? { times: Float32Array.from(records, ({ time }) => time ?? 0) } : {}),
    ...toColumns(records.map(({ demographics }) => demographics)),
    samples: records.length,
    inputShape,
    classes: classNames.length,
    classNames,
    inputScaling: scalingOf(spec),
  };
}

function encodeValues(record: SourceRecord, spec: InputSpec): Float32Array {
  if (spec.kind === 'table') return encodeRow(record.values, spec);
  const { height, width, channels, offset, scale } = spec;
  if (record.shape.join() !== [height, width, channels].join()) {
    throw unsuitable(record, `has the shape [${record.shape}], the study [${height},${width},${channels}]`);
  }
  return record.values.map((pixel) => (pixel - offset) * scale);
}

function encodeRow(values: Float32Array, { columns }: TableInput): Float32Array {
  const row = new Float32Array(columns.reduce((total, column) => total + inputsOf(column), 0));
  let at = 0;
  columns.forEach((column, index) => {
    const value = values[index] as number;
    const isMissing = Number.isNaN(value);
    if (column.kind === 'number') row[at] = ((isMissing ? column.fill : value) - column.offset) * column.scale;
    else if (!isMissing) row[at + value] = 1;
    at += inputsOf(column);
    if (column.indicator && isMissing) row[at - 1] = 1;
  });
  return row;
}

/** Inputs are scaled when they are written: nobody has to do it again. */
function scalingOf(spec: InputSpec): Dataset['inputScaling'] {
  return spec.kind === 'image' ? { offset: [spec.offset], scale: [spec.scale] } : { offset: [0], scale: [1] };
}

function unsuitable({ place }: SourceRecord, reason: string): DataError {
  return new DataError('data/unsuitable', `${place} ${reason}; correct it, or ask for another manifest`, {
    details: { place },
  });
}
