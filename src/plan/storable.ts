/**
 * Text that Postgres and protobuf take: U+0000 and half surrogate pairs, which any program or model may write, become
 * U+FFFD.
 */
import type { Json } from './json.ts';

const REFUSED = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const REPLACEMENT = '\ufffd';

export function storableText(text: string): string {
  return text.replace(REFUSED, REPLACEMENT);
}

/** A copy whose strings and member names are storable. Members that are undefined are left out. */
export function storableJson<T extends Json>(value: T): T {
  return clean(value) as T;
}

function clean(value: Json): Json {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => clean(item));
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) =>
      item === undefined ? [] : [[storableText(name), clean(item)]],
    ),
  );
}
