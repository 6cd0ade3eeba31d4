/** Where a live reader goes on. */
import type { Request } from 'express';
import { z } from 'zod';
import { parse } from './parse.ts';

export const resumeHeaders = z.object({
  'last-event-id': z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .meta({ type: 'integer', description: 'Where a live reader goes on: the id of the last event it has.' }),
});

/** @throws InvalidError `invalid_request` */
export function lastEventId(request: Request): number | undefined {
  const sent = { 'last-event-id': request.get('last-event-id') };
  return parse(resumeHeaders, sent, 'headers')['last-event-id'];
}
