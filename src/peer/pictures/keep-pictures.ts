import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { joinSegments } from '../../protocol/segments.ts';
import { loadBase } from '../base-model.ts';
import type { BlobStore } from '../blob-store.ts';
import { type MemberPictures, memberPicturesSchema } from '../member-pictures.ts';
import type { PeerEvent } from '../peer-event.ts';
import type { PeerStore } from '../peer-store.ts';
import type { PreparedMember } from '../prepare-member.ts';
import { inputNamesOf } from './input-names.ts';
import { makePictures } from './make-pictures.ts';

export interface PictureKeeperDeps {
  readonly clock: Pick<Clock, 'now'>;
  readonly member: PreparedMember;
  readonly store: Pick<PeerStore, 'progress'>;
  readonly blobs: Pick<BlobStore, 'get'>;
  readonly logger: Logger;
  /** Where they are kept for the next run; nobody but the owner may read it. */
  readonly folder: string;
}

/** Pictures may take one part in twenty of a peer's time, so that a round is not held up by them: after some there is a rest of this many times as long. */
const REST = 19;

/** What a member is shown of its own records, made anew after an evaluation of a base. */
export interface PictureKeeper {
  /** Reads what the last run left; what cannot be read, or is of another study, counts as none. */
  load(): Promise<void>;
  /** Null before the first evaluation. */
  current(): MemberPictures | null;
  /**
   * Told everything that the peer tells; resolves when the pictures of it are there. What is evaluated while some are being made, or in the rest
   * after, has to wait for a later round; of the study's last model there are pictures always, since nothing is held up then.
   */
  follow(event: PeerEvent): Promise<void>;
  /** Ends what is being made. */
  stop(): Promise<void>;
}

export function keepPictures({ clock, member, store, blobs, logger, folder }: PictureKeeperDeps): PictureKeeper {
  const file = join(folder, 'pictures.json');
  const inputNames = inputNamesOf(member.manifest.input);
  const stopping = new AbortController();
  let current: MemberPictures | null = null;
  let making: Promise<void> | null = null;
  let restUntil = clock.now();

  async function make(round: number): Promise<void> {
    const progress = store.progress();
    if (progress === null || progress.round !== round) return;
    const parameters = joinSegments(await loadBase(blobs, progress));
    const { study, model, data } = member;
    const task = { study, round, model, parameters, training: data.training, heldOut: data.heldOut, inputNames };
    current = await makePictures(task, stopping.signal);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await write(file, current);
  }

  return {
    async load() {
      const found = memberPicturesSchema.safeParse(await read(file));
      if (found.success && found.data.study === member.study) current = found.data;
    },
    current: () => current,
    async follow(event) {
      if (event.event !== 'round.evaluated') return;
      const isLast = event.round === member.manifest.rounds;
      if (isLast) await making;
      if (stopping.signal.aborted || making !== null || (!isLast && clock.now() < restUntil)) return;
      const begun = clock.now();
      making = make(event.round)
        .catch((error: unknown) => {
          // A study goes on without pictures; why there are none is in the log, and nothing of a record.
          if (!stopping.signal.aborted) logger.warn('pictures.failed', { round: event.round, error: messageOf(error) });
        })
        .finally(() => {
          making = null;
          restUntil = clock.now() + REST * (clock.now() - begun);
        });
      await making;
    },
    async stop() {
      stopping.abort();
      await making;
    },
  };
}

async function read(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return null; // not there yet, or not whole
  }
}

async function write(path: string, pictures: MemberPictures): Promise<void> {
  const scratch = `${path}.${process.pid}`;
  await writeFile(scratch, `${JSON.stringify(pictures)}\n`, { mode: 0o600 });
  await rename(scratch, path);
}
