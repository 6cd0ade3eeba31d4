/**
 * Page cursors: the position after which a list goes on, opaque to the caller.
 *
 * A checksum makes a cursor that was changed, cut or taken from another list an error instead of a wrong page. It
 * grants nothing, so it needs no secret.
 */
import { createHash } from 'node:crypto';
import { InvalidError } from '../errors/errors.ts';

/** Part of a list; `next_cursor` is null where nothing follows. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

/** The cursor of `list` at `position`. */
export function encodeCursor(list: string, position: readonly string[]): string {
  const text = JSON.stringify(position);
  return Buffer.from(`${checksum(list, text)}${text}`).toString('base64url');
}

/** The position that {@link encodeCursor} was given. @throws InvalidError `invalid_cursor`. */
export function decodeCursor(list: string, cursor: string): readonly string[] {
  const decoded = Buffer.from(cursor, 'base64url').toString();
  const text = decoded.slice(CHECKSUM_CHARS);
  if (decoded.slice(0, CHECKSUM_CHARS) !== checksum(list, text) || encodeAgain(decoded) !== cursor) {
    const message =
      'The cursor was not made by this list. Take next_cursor as it came, or leave it out to start anew.';
    throw new InvalidError('invalid_cursor', message, [
      { path: 'query.cursor', code: 'invalid_cursor', message },
    ]);
  }
  return JSON.parse(text) as string[];
}

/**
 * A page from one row more than asked for: `{items, next_cursor}`, without a cursor when nothing follows.
 *
 * @param position what the cursor after an item has to hold.
 */
export function pageOf<Row, Item>(
  list: string,
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  position: (row: Row) => readonly string[],
): Page<Item> {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    items: rows.slice(0, limit).map(item),
    next_cursor: last === undefined ? null : encodeCursor(list, position(last)),
  };
}

const CHECKSUM_CHARS = 12;

function checksum(list: string, text: string): string {
  return createHash('sha256').update(`baton-cursor:${list}:${text}`).digest('hex').slice(0, CHECKSUM_CHARS);
}

/** Decoding forgives stray characters; the same text must come out again. */
function encodeAgain(decoded: string): string {
  return Buffer.from(decoded).toString('base64url');
}
