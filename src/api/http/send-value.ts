/** Values as answers; stored ones in parts, so that the process never holds a whole one twice. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { writeJson } from '../../plan/exact-json.ts';
import type { StoredText, WholeValue } from '../../service/index.ts';

/** Answers a value: itself, or what is stored of it. */
export async function sendValue(response: Response, whole: WholeValue): Promise<void> {
  if ('stored' in whole) await sendStored(response, whole.stored);
  else response.type('json').send(writeJson(whole.value));
}

/** Answers a stored value's JSON text. */
export async function sendStored(response: Response, { hash, bytes, parts }: StoredText): Promise<void> {
  response
    .status(200)
    .type('json')
    .set({ 'Content-Length': String(bytes), ETag: `"${hash}"` });
  if (response.req.method === 'HEAD') return void response.end();
  await pipeline(Readable.from(parts(), { highWaterMark: 1 }), response);
}
