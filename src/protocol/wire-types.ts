import { z } from 'zod';
import type { Hex } from '../base/bytes.ts';

/** Field types that several records share. Hexadecimal is lower case throughout, so that equal values are equal strings. */
export const digestSchema = z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value), {
  error: 'not a 32-byte digest in lower-case hexadecimal',
});

export const addressSchema = z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]{40}$/.test(value), {
  error: 'not an address in lower-case hexadecimal',
});

export const roundSchema = z.int().min(0).max(0xffff_ffff);

export const countSchema = z.int().min(0).max(0xffff_ffff);

/** A participant's number in a study. */
export const positionSchema = z.int().min(0).max(63);
