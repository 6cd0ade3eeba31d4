/** What a reader has not seen: where it begins, and when that changes. Pure. */

export interface Unread {
  /** What comes after this event was new when the reader came, or has come while he was away from the end. */
  readonly line: number;
  /** The newest entry that he has had before him. */
  readonly seen: number;
  readonly newest: number;
  readonly view: View;
}

/** What the reader has before him: the end; an earlier part; nothing, since another tab is in front. */
export type View = 'end' | 'earlier' | 'away';

/** @param seen how far somebody was before; undefined: never here, to whom nothing is news */
export function opened(seen: number | undefined, newest: number): Unread {
  return { line: seen ?? newest, seen: seen ?? newest, newest, view: 'earlier' };
}

/**
 * What comes under the reader's eyes is not new, and what is marked as new stays so while he reads. Once he turns to
 * another tab with the end before him, what comes from then on is new. The same object where nothing changes.
 */
export function unreadAfter(before: Unread, newest: number, view: View): Unread {
  if (newest === before.newest && view === before.view) return before;
  const isLeft = before.view === 'end' && view === 'away';
  const isFollowed = view === 'end' && before.line >= before.newest;
  return {
    line: isLeft ? before.newest : isFollowed ? newest : before.line,
    seen: view === 'end' ? newest : before.seen,
    newest,
    view,
  };
}
