import type { Engine } from './engine.ts';
import type { EngineChoice } from './engine-choice.ts';
import { ModelError } from './model-error.ts';
import { createNativeEngine, type ImportNative } from './native-engine.ts';
import { createWasmEngine } from './wasm-engine.ts';

/**
 * The engine of a process.
 * @param importNative what loads the native library; the optional package unless given
 * @throws ModelError `model/engine-unavailable`
 */
export async function chooseEngine(choice: EngineChoice, importNative?: ImportNative): Promise<Engine> {
  if (choice === 'wasm') return createWasmEngine();
  try {
    return await createNativeEngine(importNative);
  } catch (error) {
    const isMissing = error instanceof ModelError && error.code === 'model/engine-unavailable';
    if (choice === 'auto' && isMissing) return createWasmEngine();
    throw error;
  }
}
