/**
 * Entries in their place: each knows its hash, which covers session, parent and entry. The same entries after the same
 * parent are the same nodes, whoever makes them and how often.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../plan/canonical.ts';
import type { Json } from '../../../plan/json.ts';
import type { SessionEntry } from '../../../protocol/session.ts';

export interface SessionNode {
  readonly hash: string;
  readonly session: string;
  /** null for the first. */
  readonly parent: string | null;
  /** 0 for the first. */
  readonly depth: number;
  readonly entry: SessionEntry;
}

/** The nodes of `entries` in their order, the first one after `parent`. */
export function chain(session: string, parent: SessionNode, entries: readonly SessionEntry[]): SessionNode[] {
  const nodes: SessionNode[] = [];
  let last = parent;
  for (const entry of entries) {
    last = nodeAfter(session, last, entry);
    nodes.push(last);
  }
  return nodes;
}

/** The node of `entry` after `before`, or the first one of the session. */
export function nodeAfter(session: string, before: SessionNode | null, entry: SessionEntry): SessionNode {
  const parent = before?.hash ?? null;
  const hash = digestOf({ session, parent, entry });
  return { hash, session, parent, depth: before === null ? 0 : before.depth + 1, entry };
}

/** SHA-256 in hex over the canonical JSON. */
export function digestOf(value: object): string {
  return createHash('sha256')
    .update(canonicalJson(value as Json))
    .digest('hex');
}
