import { sql, type Statement } from '../../../database/sql.ts';

/** `{bytes}` of a stored value, or nothing. */
export const findBlob = (hash: string): Statement => sql`select bytes from blobs where hash = ${hash}`;
