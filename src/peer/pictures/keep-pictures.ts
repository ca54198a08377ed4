import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
  readonly member: PreparedMember;
  readonly store: Pick<PeerStore, 'progress'>;
  readonly blobs: Pick<BlobStore, 'get'>;
  readonly logger: Logger;
  /** Where they are kept for the next run; nobody but the owner may read it. */
  readonly folder: string;
}

/** What a member is shown of its own records, made anew after each evaluation of a base. */
export interface PictureKeeper {
  /** Reads what the last run left; what cannot be read, or is of another study, counts as none. */
  load(): Promise<void>;
  /** Null before the first evaluation. */
  current(): MemberPictures | null;
  /**
   * Told everything that the peer tells; resolves when the pictures of it are there. What is evaluated while some are being made has to wait for the
   * next round, so that a slow machine is not asked for more than it can do.
   */
  follow(event: PeerEvent): Promise<void>;
  /** Ends what is being made. */
  stop(): Promise<void>;
}

export function keepPictures({ member, store, blobs, logger, folder }: PictureKeeperDeps): PictureKeeper {
  const file = join(folder, 'pictures.json');
  const inputNames = inputNamesOf(member.manifest.input);
  const stopping = new AbortController();
  let current: MemberPictures | null = null;
  let making: Promise<void> | null = null;

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
      if (event.event !== 'round.evaluated' || making !== null || stopping.signal.aborted) return;
      making = make(event.round)
        .catch((error: unknown) => {
          // A study goes on without pictures; why there are none is in the log, and nothing of a record.
          if (!stopping.signal.aborted) logger.warn('pictures.failed', { round: event.round, error: messageOf(error) });
        })
        .finally(() => {
          making = null;
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
