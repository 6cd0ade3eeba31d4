/** The Idempotency-Key of a request. */
import type { Request } from 'express';
import { IdempotencyHeaders } from '../../contract/shared/headers.ts';
import { parse } from './parse.ts';

/** @throws InvalidError `invalid_request`. */
export function idempotencyKey(request: Request): string | undefined {
  const sent = { 'idempotency-key': request.get('idempotency-key') };
  return parse(IdempotencyHeaders, sent, 'headers')['idempotency-key'];
}
