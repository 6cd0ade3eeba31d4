import { sql, type Statement } from '../../../database/sql.ts';

/** `{part}`: `length` characters of a stored value's JSON text from `offset`. */
export const readBlobPart = (hash: string, offset: number, length: number): Statement =>
  sql`select substring(content from ${offset + 1}::int for ${length}::int) as part from blobs where hash = ${hash}`;
