/**
 * Gives waiting work to nodes, the oldest first. Whoever has work that waits calls this; one at a time does it, in a
 * transaction, so that no slot is given twice.
 */
import { inTransaction, type Database } from '../database/database.ts';
import { chosen, missingOf, reasonOf } from './matching.ts';
import type { NodeView } from './node.ts';
import { nodeViews } from './queries/node-views.ts';
import {
  assign,
  listWaiting,
  lockMatching,
  sweep,
  tellMissing,
  wake,
  type WaitingRow,
} from './queries/assignments.ts';

/** Most that one round looks at. What waits longer is looked at first. */
const MOST = 500;

/** @returns false: somebody else was at it */
export async function matchWaiting(database: Database): Promise<boolean> {
  return inTransaction(database, async (client) => {
    const { rows: locks } = await client.query<{ locked: boolean }>(lockMatching);
    if (locks[0]?.locked !== true) return false;
    await client.query(sweep);
    const { rows: waiting } = await client.query<WaitingRow>(listWaiting(MOST));
    if (waiting.length === 0) return true;
    const { rows } = await client.query<NodeView>(nodeViews);
    const nodes = new Map(rows.map((node) => [node.id, node]));
    let isAny = false;
    for (const { id, need, missing, rejections } of waiting) {
      const all = [...nodes.values()];
      const node = chosen(need, all, rejections);
      if (node === undefined) {
        const now = missingOf(need, all, rejections);
        if (now !== missing) await client.query(tellMissing(id, now));
        continue;
      }
      await client.query(assign(id, node, reasonOf(need, all, rejections)));
      nodes.set(node.id, { ...node, used: node.used + 1 });
      isAny = true;
    }
    if (isAny) await client.query(wake);
    return true;
  });
}
