import { z } from 'zod';
import { type Architecture, architectureSchema } from './architecture.ts';
import { ModelError } from './model-error.ts';

/** The architecture again, if the schema knows it. @throws ModelError `model/invalid-architecture` */
export function checkArchitecture(architecture: unknown): Architecture {
  const result = architectureSchema.safeParse(architecture);
  if (result.success) return result.data;
  const message = `architecture: ${z.prettifyError(result.error).replaceAll(/\s+/g, ' ')}`;
  throw new ModelError('model/invalid-architecture', message, { cause: result.error });
}
