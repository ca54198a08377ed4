import type { CodecModule } from './codec-module.ts';
import type { Photometric, PixelLayout } from './pixel-layout.ts';

/** The decoders of the codecs that are used, as the module names them. */
export type Decoder = 'DecodeRle' | 'DecodeJpeg' | 'DecodeJpegLs' | 'DecodeJpeg2000';

/** Little-endian samples, channels of a pixel side by side, of 8 bits or as many as the layout allocates. */
export interface DecodedSamples {
  readonly bytes: Uint8Array;
  readonly bitsAllocated: number;
}

/** Compiled C and C++ with a memory of its own. */
export interface CodecSandbox {
  /**
   * Decodes one frame. An error leaves the sandbox's stack where it was thrown: after a few, sound frames decode wrongly. So it
   * must not be used again then.
   * @throws Error if the frame is damaged, or memory runs out
   */
  decode(decoder: Decoder, encoded: Uint8Array, layout: PixelLayout): DecodedSamples;
  /** What its memory has grown to; it never shrinks. */
  memoryBytes(): number;
}

type Setter =
  | 'SetColumns'
  | 'SetRows'
  | 'SetBitsAllocated'
  | 'SetBitsStored'
  | 'SetSamplesPerPixel'
  | 'SetPixelRepresentation'
  | 'SetPlanarConfiguration'
  | 'SetPhotometricInterpretation'
  | 'SetEncodedBufferSize';

/** Contexts and parameters are places in the sandbox's memory, and so are buffers. */
type CodecExports = Readonly<Record<Setter, (context: number, value: number) => void>> &
  Readonly<Record<Decoder, (context: number, parameters: number) => void>> &
  Readonly<
    Record<
      'GetEncodedBuffer' | 'GetDecodedBuffer' | 'GetDecodedBufferSize' | 'GetBitsAllocated',
      (context: number) => number
    >
  > & {
    readonly memory: { readonly buffer: ArrayBuffer };
    _initialize(): void;
    CreateCodecsContext(): number;
    ReleaseCodecsContext(context: number): void;
    CreateDecoderParameters(): number;
    ReleaseDecoderParameters(parameters: number): void;
    SetConvertColorspaceToRgb(parameters: number, isConverted: number): void;
  };

interface WebAssemblyApi {
  readonly Instance: new (module: CodecModule, imports: object) => { readonly exports: unknown };
}

/** The codecs' own numbers for what samples stand for. */
const PHOTOMETRIC: Readonly<Record<Photometric, number>> = {
  MONOCHROME1: 0,
  MONOCHROME2: 1,
  'PALETTE COLOR': 2,
  RGB: 3,
  YBR_FULL: 4,
  YBR_FULL_422: 5,
  YBR_ICT: 8,
  YBR_RCT: 9,
};

/** A sandbox in which nothing has been decoded yet. */
export function createCodecSandbox(module: CodecModule): CodecSandbox {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };
  const codecs = new WebAssembly.Instance(module, imports).exports as CodecExports;
  codecs._initialize();
  return {
    decode: (decoder, encoded, layout) => {
      const context = contextOf(codecs, encoded, layout);
      const parameters = codecs.CreateDecoderParameters();
      codecs.SetConvertColorspaceToRgb(parameters, layout.photometric === 'RGB' ? 0 : 1);
      codecs[decoder](context, parameters);
      const [start, length] = [codecs.GetDecodedBuffer(context), codecs.GetDecodedBufferSize(context)];
      const bytes = new Uint8Array(codecs.memory.buffer, start, length).slice();
      const bitsAllocated = codecs.GetBitsAllocated(context);
      codecs.ReleaseDecoderParameters(parameters);
      codecs.ReleaseCodecsContext(context);
      return { bytes, bitsAllocated };
    },
    memoryBytes: () => codecs.memory.buffer.byteLength,
  };
}

function contextOf(codecs: CodecExports, encoded: Uint8Array, layout: PixelLayout): number {
  const context = codecs.CreateCodecsContext();
  codecs.SetColumns(context, layout.columns);
  codecs.SetRows(context, layout.rows);
  codecs.SetBitsAllocated(context, layout.bitsAllocated);
  codecs.SetBitsStored(context, layout.bitsStored);
  codecs.SetSamplesPerPixel(context, layout.samples);
  codecs.SetPixelRepresentation(context, layout.isSigned ? 1 : 0);
  codecs.SetPlanarConfiguration(context, 0);
  codecs.SetPhotometricInterpretation(context, PHOTOMETRIC[layout.photometric]);
  codecs.SetEncodedBufferSize(context, encoded.length);
  new Uint8Array(codecs.memory.buffer).set(encoded, codecs.GetEncodedBuffer(context));
  return context;
}

/** WASI's answer for what a system does not have (ENOSYS). */
const NOT_THERE = 52;
const notThere = (): number => NOT_THERE;
const ignored = (): void => {};
const failed = (): never => {
  throw new Error('the codecs gave up');
};

/** The codecs have no files, no clock and no environment. */
const imports = {
  env: {
    onCodecsException: failed,
    onCodecsInfo: ignored,
    onCodecsTrace: ignored,
    emscripten_notify_memory_growth: ignored,
  },
  wasi_snapshot_preview1: {
    proc_exit: failed,
    clock_time_get: notThere,
    fd_write: notThere,
    fd_close: notThere,
    fd_seek: notThere,
    environ_sizes_get: notThere,
    environ_get: notThere,
  },
};
