/** The Idempotency-Key of a request. */
import type { Request } from 'express';
import { z } from 'zod';
import { parse } from './parse.ts';

export const idempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({ description: 'Makes a retry safe: the same key and body answer the same run.' }),
});

/** @throws InvalidError `invalid_request`. */
export function idempotencyKey(request: Request): string | undefined {
  const sent = { 'idempotency-key': request.get('idempotency-key') };
  return parse(idempotencyHeaders, sent, 'headers')['idempotency-key'];
}
