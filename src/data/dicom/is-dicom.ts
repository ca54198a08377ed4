const PREAMBLE_BYTES = 128;
const MAGIC = Buffer.from('DICM', 'latin1');
/** The groups that a file without preamble starts with. */
const FIRST_GROUPS = [0x0002, 0x0008];

/** True if the file has the DICOM mark, or starts as files without preamble do. */
export function isDicom(bytes: Buffer): boolean {
  if (bytes.subarray(PREAMBLE_BYTES, PREAMBLE_BYTES + MAGIC.length).equals(MAGIC)) return true;
  return bytes.length >= 16 && FIRST_GROUPS.includes(Math.min(bytes.readUInt16LE(0), bytes.readUInt16BE(0)));
}
