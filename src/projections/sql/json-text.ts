/**
 * JSON text that Postgres takes as jsonb: it refuses U+0000 and half surrogate pairs, which any program may print, so
 * they become U+FFFD. Members that are undefined are left out.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return SUSPICIOUS.test(text) ? JSON.stringify(value, clean) : text;
}

/** As JSON.stringify writes what Postgres refuses; also matches a backslash that stands for itself, which is rare. */
const SUSPICIOUS = /\\u(?:0000|d[89a-f])/;
const REFUSED = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const REPLACEMENT = '\ufffd';

function clean(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return value.replace(REFUSED, REPLACEMENT);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value);
  if (!members.some(([name]) => name.search(REFUSED) >= 0)) return value;
  return Object.fromEntries(members.map(([name, member]) => [name.replace(REFUSED, REPLACEMENT), member]));
}
