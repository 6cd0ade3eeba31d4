/** The conversations that the page's cache knows: of a run as it is now, and as it was at moments of the past. */
import type { QueryClient } from '@tanstack/react-query';
import { joined, type KnownThread, type Piece } from './thread.ts';

/** @param end the newest event of it; undefined: it goes on */
export const threadKey = (runId: string, end: number | undefined) =>
  ['run', runId, 'thread', end ?? 'now'] as const;
export type ThreadKey = ReturnType<typeof threadKey>;

export function knownThread(queries: QueryClient, key: ThreadKey): KnownThread | undefined {
  return queries.getQueryData<KnownThread>(key);
}

/** Joins what was read with what is known by now: others may have read meanwhile. */
export function joinPiece(queries: QueryClient, key: ThreadKey, piece: Piece): void {
  queries.setQueryData<KnownThread>(key, (known) => known && joined(known, piece));
}
