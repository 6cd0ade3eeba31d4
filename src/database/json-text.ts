/** JSON text that Postgres takes as json and jsonb. Members that are undefined are left out. */
import { readJson, writeJson } from '../plan/exact-json.ts';
import type { Json } from '../plan/json.ts';
import { storableJson } from '../plan/storable.ts';

export function jsonText(value: unknown): string {
  const text = writeJson(value);
  return SUSPICIOUS.test(text) ? writeJson(storableJson(readJson(text) as Json)) : text;
}

/** As JSON.stringify writes what Postgres refuses; also matches a backslash that stands for itself, which is rare. */
const SUSPICIOUS = /\\u(?:0000|d[89a-f])/;
