import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../../src/base/errors.ts';

const run = promisify(execFile);

/** A folder of its own file system, which can be full, read-only, or lose what was not synced. */
export interface MountedDisk {
  readonly folder: string;
  remountReadOnly(): Promise<void>;
  /** What would be on the platter if the power failed now, mounted somewhere else; an image disk only. */
  afterPowerLoss(): Promise<MountedDisk>;
  unmount(): Promise<void>;
}

/** Why file systems cannot be mounted here, or null. Needs root, as in a container of a build server. */
export async function whyNoMounts(): Promise<string | null> {
  try {
    const disk = await mountMemory(64);
    await disk.unmount();
    const image = await mountImage();
    await image.unmount();
    return null;
  } catch (error) {
    return `no file system can be mounted here (${messageOf(error).split('\n').at(-2) ?? 'not root'})`;
  }
}

/** A file system in memory of so many KiB. */
export async function mountMemory(kibibytes: number): Promise<MountedDisk> {
  const root = await mkdtemp(join(tmpdir(), 'consilium-disk-'));
  await run('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'none', root]);
  return diskAt(root, { remove: root, image: null });
}

const IMAGE_BYTES = 24 * 1024 * 1024;

/** An ext4 file system in a file: the file holds what has reached the disk, not what still is in the page cache. */
export async function mountImage(): Promise<MountedDisk> {
  const root = await mkdtemp(join(tmpdir(), 'consilium-image-'));
  const image = join(root, 'disk.img');
  await writeFile(image, '');
  await truncate(image, IMAGE_BYTES);
  await run('mkfs.ext4', ['-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image]);
  return mountAt(root, image);
}

async function mountAt(root: string, image: string): Promise<MountedDisk> {
  const folder = join(root, 'mounted');
  await mkdir(folder);
  // The file system would by itself write everything every five seconds; here only what is synced gets to the disk.
  await run('mount', ['-o', 'loop,commit=600', image, folder]);
  return diskAt(folder, { remove: root, image });
}

function diskAt(folder: string, { remove, image }: { remove: string; image: string | null }): MountedDisk {
  return {
    folder,
    remountReadOnly: async () => void (await run('mount', ['-o', 'remount,ro', folder])),
    afterPowerLoss: async () => {
      if (image === null) throw new Error('a disk in memory loses everything');
      const root = await mkdtemp(join(tmpdir(), 'consilium-image-'));
      const copy = join(root, 'disk.img');
      await copyFile(image, copy);
      return mountAt(root, copy);
    },
    unmount: async () => {
      await run('umount', [folder]);
      await rm(remove, { recursive: true });
    },
  };
}
