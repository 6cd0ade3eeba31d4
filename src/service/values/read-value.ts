/** Results whole, however large they are: a stored one comes in parts, so that the process never holds a whole one twice. */
import { NotFoundError } from '../../errors/errors.ts';
import type { Json } from '../../plan/json.ts';
import { isBlobRef } from '../../protocol/values.ts';
import { readTarget } from '../runs/find-target.ts';
import { stepNotFound } from '../runs/missing.ts';
import type { Services } from '../services.ts';
import type { Store } from '../ways/store.ts';
import { findBlob } from './queries/find-blob.ts';
import { findStepOutput } from './queries/find-step-output.ts';
import { readBlobPart } from './queries/read-blob-part.ts';

/** Characters of one part. */
const PART = 4 * 1024 * 1024;

/** The JSON text of a stored value. */
export interface StoredText {
  readonly hash: string;
  /** Of the text in UTF-8. */
  readonly bytes: number;
  /** The text, part by part; each is read when it is asked for. */
  readonly parts: () => AsyncIterable<string>;
}

/** A value that is here, or is stored. */
export type WholeValue = { readonly value: Json } | { readonly stored: StoredText };

/** @throws NotFoundError `run_not_found`, `output_not_found` unless the run has completed, `blob_not_found` */
export async function readRunOutput(services: Services, runId: string): Promise<WholeValue> {
  const { run } = await readTarget(services, runId);
  if (run.status !== 'completed') throw noOutput(`Run "${run.id}"`, run.status);
  return wholeOf(services, run.output);
}

/**
 * @throws NotFoundError `run_not_found`, `step_not_found`, `output_not_found` unless the step has completed,
 *   `blob_not_found`; ConflictError `run_archived`
 */
export async function readStepOutput(services: Services, runId: string, key: string): Promise<WholeValue> {
  const row = await services.store.first<{ status: string; output: Json }>(findStepOutput(runId, key));
  if (row === undefined) throw await stepNotFound(services, runId, key);
  if (row.status !== 'completed') throw noOutput(`Step "${key}" of run "${runId}"`, row.status);
  return wholeOf(services, row.output);
}

/** A stored value by its content hash. @throws NotFoundError `blob_not_found` */
export async function readStoredText({ store }: Pick<Services, 'store'>, hash: string): Promise<StoredText> {
  const blob = await store.first<{ bytes: number }>(findBlob(hash));
  if (blob === undefined) throw new NotFoundError('blob_not_found', `There is no stored value ${hash}.`);
  return { hash, bytes: blob.bytes, parts: () => partsOf(store, hash) };
}

async function wholeOf(services: Pick<Services, 'store'>, value: Json): Promise<WholeValue> {
  return isBlobRef(value) ? { stored: await readStoredText(services, value.$blob) } : { value };
}

async function* partsOf(store: Store, hash: string): AsyncGenerator<string> {
  for (let offset = 0; ; offset += PART) {
    const row = await store.first<{ part: string }>(readBlobPart(hash, offset, PART));
    if (row === undefined || row.part === '') return;
    yield row.part;
  }
}

function noOutput(what: string, status: string): NotFoundError {
  return new NotFoundError('output_not_found', `${what} is ${status}; only what is completed has an output.`);
}
