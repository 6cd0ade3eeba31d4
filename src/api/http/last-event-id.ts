/** Where a live reader goes on. */
import type { Request } from 'express';
import { ResumeHeaders } from '../../contract/shared/headers.ts';
import { parse } from './parse.ts';

/** @throws InvalidError `invalid_request` */
export function lastEventId(request: Request): number | undefined {
  const sent = { 'last-event-id': request.get('last-event-id') };
  return parse(ResumeHeaders, sent, 'headers')['last-event-id'];
}
