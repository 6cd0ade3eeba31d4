/**
 * Large values by content. Written by activities and the API, never updated. They belong to no run: a run's file has those
 * that its rows refer to.
 */
import { bigint, jsonText, text, time } from '../column.ts';
import { table } from '../table.ts';

export const blobs = table({
  name: 'blobs',
  key: ['hash'],
  rows: 'added',
  archive: 'copied',
  columns: {
    /** SHA-256 (hex) of the content. */
    hash: text(),
    bytes: bigint(),
    content: jsonText(),
  },
  beside: { created_at: time() },
});
