import { sql, type Statement } from '../../../database/sql.ts';

/** `{hash, bytes, text}` of stored values: the JSON text whole up to `most` bytes, else its first `chars` characters. */
export const listBlobStarts = (hashes: readonly string[], most: number, chars: number): Statement => sql`
  select hash, bytes, case when bytes <= ${most}::int then content else left(content, ${chars}::int) end as text
  from blobs where hash = any(${hashes})`;
