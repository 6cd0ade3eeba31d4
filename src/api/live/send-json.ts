/** Large stored values as answers, in parts, so that the process never holds a whole one twice. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { NotFoundError } from '../../errors/errors.ts';
import { writeJson } from '../../plan/exact-json.ts';
import type { Json } from '../../plan/json.ts';
import { isBlobRef } from '../../protocol/values.ts';
import { findBlob } from '../../service/values/queries/find-blob.ts';
import { readBlobPart } from '../../service/values/queries/read-blob-part.ts';
import type { Store } from '../../service/ways/store.ts';

/** Characters of one part. */
const PART = 4 * 1024 * 1024;

/** Answers a value: itself, or what it refers to. @throws NotFoundError `blob_not_found`. */
export async function sendValue(store: Store, response: Response, value: Json): Promise<void> {
  if (isBlobRef(value)) await sendBlob(store, response, value.$blob);
  else response.type('json').send(writeJson(value));
}

/** Answers a stored value's JSON text. @throws NotFoundError `blob_not_found`. */
export async function sendBlob(store: Store, response: Response, hash: string): Promise<void> {
  const blob = await store.first<{ bytes: number }>(findBlob(hash));
  if (blob === undefined) throw new NotFoundError('blob_not_found', `There is no stored value ${hash}.`);
  response
    .status(200)
    .type('json')
    .set({ 'Content-Length': String(blob.bytes), ETag: `"${hash}"` });
  if (response.req.method === 'HEAD') return void response.end();
  await pipeline(Readable.from(partsOf(store, hash), { highWaterMark: 1 }), response);
}

async function* partsOf(store: Store, hash: string): AsyncGenerator<string> {
  for (let offset = 0; ; offset += PART) {
    const row = await store.first<{ part: string }>(readBlobPart(hash, offset, PART));
    if (row === undefined || row.part === '') return;
    yield row.part;
  }
}
