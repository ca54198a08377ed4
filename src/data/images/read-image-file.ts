import { blankRegions } from '../deidentify/blank-regions.ts';
import { findBurnedInText } from '../deidentify/find-burned-in-text.ts';
import { isDicom } from '../dicom/is-dicom.ts';
import { readRegularFile } from '../read-file.ts';
import { imageError } from './image-error.ts';
import type { ImageFile, ImagePart } from './image-file.ts';
import { isJpeg } from './jpeg-layout.ts';
import { isNifti } from './nifti-volume.ts';
import { isPng } from './png-layout.ts';
import { readJpeg } from './read-jpeg.ts';
import { readNifti } from './read-nifti.ts';
import { isNpz, readNpzImages } from './read-npz-images.ts';
import { readPng } from './read-png.ts';
import type { ReadingOptions } from './reading-options.ts';

/**
 * Reads one image file of any kind, which its first bytes tell, not its name.
 * @throws DataError `data/unsupported-image` for what is no image, and as the readers of each kind do
 */
export async function readImageFile(path: string, options: ReadingOptions): Promise<ImageFile> {
  const bytes = await readRegularFile(path);
  if (isPng(bytes)) return cleaned(readPng(path, bytes), options);
  if (isJpeg(bytes)) return cleaned(readJpeg(path, bytes), options);
  if (isNpz(bytes)) return readNpzImages(path, bytes);
  if (isNifti(bytes)) return readNifti(path, bytes, options);
  if (isDicom(bytes)) {
    // Its dictionary takes a quarter of a second to load, which a folder of PNG files need not wait for.
    const { readDicom } = await import('../dicom/read-dicom.ts');
    return readDicom(path, bytes, options);
  }
  throw imageError(path, { code: 'data/unsupported-image', reason: 'is no image that is known', offset: 0 });
}

/** A picture without a header does not say what it is of, so text in it is dealt with only if that is asked for. */
function cleaned(file: ImageFile, { burnedIn }: ReadingOptions): ImageFile {
  return burnedIn === 'blank' ? { ...file, parts: Array.from(file.parts, blanked) } : file;
}

function blanked(part: ImagePart): ImagePart {
  blankRegions(part.image, findBurnedInText(part.image), 0);
  return part;
}
