/**
 * Idempotency keys of starts: the same key and body, the same run.
 *
 * The key's row, with the run id chosen for it, is written before Temporal is called. Whatever dies afterwards, the
 * retry finds the id and starts that run or finds it started.
 */
import { createHash } from 'node:crypto';
import { ConflictError } from '../../errors/errors.ts';
import { canonicalJson } from '../../plan/canonical.ts';
import type { Json } from '../../plan/json.ts';
import { claimIdempotencyKey } from './queries/claim-idempotency-key.ts';
import { findIdempotencyKey, type KeyRow } from './queries/find-idempotency-key.ts';
import type { Rows } from '../ways/store.ts';

export interface StartKey {
  readonly key: string;
  readonly bodyHash: string;
}

/** A key with what it stands for. The order of members in the body does not count. */
export function startKey(key: string, body: object): StartKey {
  return { key, bodyHash: bodyHash(body) };
}

/** Equal for bodies that ask for the same. */
export function bodyHash(body: object): string {
  return sha256(canonicalJson(body as Json));
}

/** Stands for a key where it is kept: in the memo of the run that it started, and in `run_epochs`. */
export function keyMark(key: string): string {
  return sha256(key).slice(0, 32);
}

/** The run id that the key already stands for. @throws ConflictError `idempotency_key_reused`. */
export async function runOfKey(rows: Rows, { key, bodyHash }: StartKey): Promise<string | undefined> {
  const row = await rows.first<KeyRow>(findIdempotencyKey(key));
  if (row !== undefined && row.body_hash !== bodyHash) {
    const message = `The Idempotency-Key was used for a start with another body (run "${row.run_id}"). Take a new key.`;
    throw new ConflictError('idempotency_key_reused', message);
  }
  return row?.run_id;
}

/** Takes the key for `runId`; answers the run id that it stands for, which is another's when that one was faster. */
export async function claimKey(rows: Rows, start: StartKey, runId: string): Promise<string> {
  const claimed = await rows.first(claimIdempotencyKey(start.key, start.bodyHash, runId));
  return claimed !== undefined ? runId : ((await runOfKey(rows, start)) ?? runId);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
