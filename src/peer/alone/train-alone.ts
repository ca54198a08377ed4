import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Hex } from '../../base/bytes.ts';
import { chooseEngine } from '../../model/choose-engine.ts';
import type { Model } from '../../model/engine.ts';
import type { EngineChoice } from '../../model/engine-choice.ts';
import type { Examples } from '../../model/examples.ts';
import { initialParameters } from '../../model/initial-parameters.ts';
import { STEP_FACTORS, trainUnmixed, type UnmixedRound } from '../../model/train-unmixed.ts';
import { studyOf } from '../../protocol/manifest.ts';
import { decodeSegment, encodeSegment } from '../../protocol/segments.ts';
import { type BlobStore, createBlobStore } from '../blob-store.ts';
import { dataFolder } from '../data-folder.ts';
import { type DataFiles, readMemberData } from '../read-member-data.ts';
import { readMemberTerms } from '../read-member-terms.ts';
import { type AloneFigures, type AloneRecord, readAloneRecord, writeAloneRecord } from './alone-record.ts';

/**
 * Trains a member's model on its own data alone, with the study's options, from the study's initial model, for as many rounds, without noise, since nothing
 * of it is told to anybody; and judges it after each round with the member's own held-out part. Goes on where it was left, and
 * does nothing where it is done.
 * @param path the member's data folder
 * @param engine in place of the one that `peer.json` names
 * @returns what its record then says
 * @throws PeerError `peer/config-invalid`, `peer/data-unsuitable`; ConsiliumError `protocol/manifest-invalid`; DataError; ModelError
 */
export async function trainAlone(path: string, signal: AbortSignal, engine?: EngineChoice): Promise<AloneRecord> {
  const { alone: folder } = dataFolder(path);
  const { config, manifest, architecture, training, input, files } = await readMemberTerms(path);
  const [study, data] = [studyOf(manifest), await digestOf(files)];
  const found = await readAloneRecord(folder);
  let record: AloneRecord =
    found !== null && found.study === study && found.data === data
      ? found
      : { type: 'consilium/alone/1', study, data, attempts: [], chosen: null, kept: null };
  if (record.chosen !== null) return record;
  const examples = await readMemberData(files, { architecture, input });
  const model = (await chooseEngine(engine ?? config.engine)).createModel(architecture);
  const blobs = createBlobStore(folder);
  const keep = async (next: AloneRecord): Promise<void> => {
    await writeAloneRecord(folder, next);
    await drop(blobs, record.kept, next.kept);
    record = next;
  };
  const from = await resumed(record, blobs);
  if (from === null) record = { ...record, attempts: [] };
  const onRound = async (round: UnmixedRound): Promise<void> => {
    const point = {
      rounds: round.rounds,
      heldOut: figuresOf(model, round.parameters, examples.heldOut),
      common: examples.common === null ? null : figuresOf(model, round.parameters, examples.common),
    };
    const kept = await keptOf(round, blobs);
    await keep({ ...record, attempts: withPoint(record.attempts, round.attempt, point), kept });
  };
  const task = {
    initial: initialParameters(architecture, manifest.initialModel.seed),
    rounds: manifest.rounds,
    training,
    examples: examples.training,
    heldOut: examples.heldOut,
    ...(from === null ? {} : { from }),
  };
  const chosen = await trainUnmixed(model, task, { signal, onRound });
  await keep({ ...record, chosen, kept: null });
  return record;
}

function figuresOf(model: Model, parameters: Float32Array, examples: Examples): AloneFigures {
  const { loss, accuracy, auc } = model.evaluate(parameters, examples);
  return { loss, accuracy, auc };
}

type Attempts = AloneRecord['attempts'];

function withPoint(attempts: Attempts, attempt: number, point: Attempts[number]['points'][number]): Attempts {
  const points = [...(attempts[attempt]?.points ?? []), point];
  return [...attempts.slice(0, attempt), { stepFactor: STEP_FACTORS[attempt] ?? 1, points }];
}

async function keptOf({ parameters, velocity }: UnmixedRound, blobs: BlobStore): Promise<AloneRecord['kept']> {
  return {
    parameters: await blobs.put(encodeSegment(parameters)),
    velocity: velocity === null ? null : await blobs.put(encodeSegment(velocity)),
  };
}

/** Where an interrupted training stood; null if it had not begun, or if what was kept of it is lost. */
async function resumed({ attempts, kept }: AloneRecord, blobs: BlobStore): Promise<UnmixedRound | null> {
  const rounds = attempts.at(-1)?.points.at(-1)?.rounds;
  if (kept === null || rounds === undefined) return null;
  const [parameters, velocity] = [await blobs.get(kept.parameters), kept.velocity && (await blobs.get(kept.velocity))];
  if (parameters === null || (kept.velocity !== null && velocity === null)) return null;
  return {
    attempt: attempts.length - 1,
    rounds,
    parameters: decodeSegment(parameters),
    velocity: velocity === null ? null : decodeSegment(velocity),
  };
}

/** The kept blobs of the round before; the new ones are named by now. */
async function drop(blobs: BlobStore, before: AloneRecord['kept'], next: AloneRecord['kept']): Promise<void> {
  const named = [next?.parameters, next?.velocity];
  for (const digest of [before?.parameters, before?.velocity]) {
    if (digest !== undefined && digest !== null && !named.includes(digest)) await blobs.remove(digest);
  }
}

async function digestOf({ training, heldOut, common }: DataFiles): Promise<Hex> {
  const hash = createHash('sha256');
  for (const path of [training, heldOut, ...(common === null ? [] : [common])]) {
    await pipeline(createReadStream(path), hash, { end: false });
  }
  return `0x${hash.digest('hex')}`;
}
