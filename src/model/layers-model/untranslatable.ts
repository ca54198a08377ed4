import { z } from 'zod';
import { ModelError } from '../model-error.ts';

/** @param reason says what cannot be expressed, and what to do */
export function untranslatable(reason: string, cause?: unknown): ModelError {
  return new ModelError('model/untranslatable', `LayersModel: ${reason}`, { cause });
}

/** The value as the schema reads it. @throws ModelError `model/untranslatable`, which says where it differs */
export function parsePart<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = z.prettifyError(result.error).replaceAll(/\s+/g, ' ');
  throw untranslatable(`${where}: ${issues}; change the model, or write the architecture by hand`, result.error);
}
