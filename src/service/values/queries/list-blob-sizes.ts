import { sql, type Statement } from '../../../database/sql.ts';

/** `{hash, bytes}` of those of some values that are stored. */
export const listBlobSizes = (hashes: readonly string[]): Statement =>
  sql`select hash, bytes from blobs where hash = any(${hashes})`;
