import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** A compiled module, which instances share. */
export type CodecModule = object;

/** The part of the standard WebAssembly interface that is used here; Node's types leave it to the browser's. */
interface WebAssemblyApi {
  compile(code: Uint8Array): Promise<CodecModule>;
}

const HEAD_BYTES = 8;
const MEMORY_SECTION = 5;
const HAS_MOST = 1;
const PAGE_BYTES = 65_536;
/** Room for the codecs' own data and stack, about a megabyte, and for small frames; it grows. */
const LEAST_PAGES = (4 * 2 ** 20) / PAGE_BYTES;
/** What the codecs take for the largest JPEG 2000 frame that is read, where the operating system sets no lower limit. */
const MOST_PAGES = (512 * 2 ** 20) / PAGE_BYTES;

/**
 * Compiles the codecs. Their memory begins small and has a bound: as published they ask for 256 MiB at once, which a reading
 * process could not tell from what a file takes, and for up to 2 GiB.
 */
export async function compileCodecs(): Promise<CodecModule> {
  const path = createRequire(import.meta.url).resolve('dcmjs-codecs/build/dcmjs-native-codecs.wasm');
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };
  return WebAssembly.compile(withMemory(await readFile(path), LEAST_PAGES, MOST_PAGES));
}

/**
 * The module with another least and most size of its one memory.
 *
 * Source: WebAssembly Core Specification 2.0, 5.5.8.
 */
function withMemory(code: Buffer, least: number, most: number): Buffer {
  for (let at = HEAD_BYTES; at < code.length; ) {
    const size = unsigned(code, at + 1);
    const end = size.end + size.value;
    if (code[at] === MEMORY_SECTION) {
      const limits = Buffer.from([1, HAS_MOST, ...encoded(least), ...encoded(most)]);
      const head = Buffer.from([MEMORY_SECTION, ...encoded(limits.length)]);
      return Buffer.concat([code.subarray(0, at), head, limits, code.subarray(end)]);
    }
    at = end;
  }
  throw new RangeError('the codecs have no memory of their own');
}

/** Reads a whole number of seven bits a byte (LEB128). */
function unsigned(code: Buffer, at: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let place = at, factor = 1; ; place++, factor *= 128) {
    const byte = code.readUInt8(place);
    value += (byte & 127) * factor;
    if (byte < 128) return { value, end: place + 1 };
  }
}

function encoded(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...encoded(Math.floor(value / 128))];
}
