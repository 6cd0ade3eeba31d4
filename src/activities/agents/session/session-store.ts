/**
 * Sessions in Postgres: append-only trees of entries, and the answers to turns.
 *
 * Everything here can be repeated: the same entries are stored once, and of several answers to one turn the first
 * stays and is what all get. Nothing is ever changed or removed.
 */
import type { Database } from '../../../database/database.ts';
import type { TurnOutput } from '../../../protocol/agent.ts';
import type { SessionEntry } from '../../../protocol/session.ts';
import { StepFailure } from '../../step-failure.ts';
import { withPatientStorage, withStorage } from '../../storage.ts';
import { insertNodes } from './insert-nodes.ts';
import { insertTurn } from './insert-turn.ts';
import { chain, nodeAfter, type SessionNode } from './node.ts';
import { selectBranch } from './select-branch.ts';
import { selectTurn, type TurnKey } from './select-turn.ts';

/** The nodes from the first entry to a head, in order; never empty. */
export type Branch = readonly [SessionNode, ...SessionNode[]];

/**
 * The branch that ends at `head`.
 *
 * @throws StepFailure `session_lost` when the session has no such entry, `storage_unavailable`
 */
export async function loadBranch(database: Database, session: string, head: string): Promise<Branch> {
  const { rows } = await withStorage(() => database.query<BranchRow>(selectBranch(session, head)));
  const [first, ...others] = rows.map(nodeOf);
  if (first?.parent === null) return [first, ...others];
  throw new StepFailure(
    'session_lost',
    `Session ${session} has no entry ${head} (any more), so the agent cannot go on from there. Run the step anew.`,
  );
}

/** Appends entries and answers the branch with them. @throws StepFailure `storage_unavailable` */
export async function appendEntries(
  database: Database,
  branch: Branch,
  entries: readonly SessionEntry[],
): Promise<Branch> {
  const nodes = chain(branch[0].session, branch.at(-1) ?? branch[0], entries);
  if (nodes.length > 0) await withStorage(() => database.query(insertNodes(nodes)));
  return [...branch, ...nodes];
}

/** Begins a session, or finds the same beginning again. @throws StepFailure `storage_unavailable` */
export async function openSession(
  database: Database,
  session: string,
  setup: SessionEntry & { readonly role: 'setup' },
): Promise<Branch> {
  const first = nodeAfter(session, null, setup);
  await withStorage(() => database.query(insertNodes([first])));
  return [first];
}

/** What the turn was answered with, or null. @throws StepFailure `storage_unavailable` */
export async function findTurn(database: Database, key: TurnKey): Promise<TurnOutput | null> {
  return withStorage(() => readTurn(database, key));
}

/**
 * Stores an answer and answers what now holds for the turn: this one, or the one that came first. It has been paid for,
 * so while the database is away this waits until `signal` aborts.
 */
export async function storeTurn(
  database: Database,
  turn: { readonly key: TurnKey; readonly answer: SessionNode; readonly output: TurnOutput },
  signal: AbortSignal,
): Promise<TurnOutput> {
  const { key, answer, output } = turn;
  await withPatientStorage(() => database.query(insertTurn(key, answer, output)), signal);
  const stored = await withPatientStorage(() => readTurn(database, key), signal);
  return stored ?? output;
}

async function readTurn(database: Database, key: TurnKey): Promise<TurnOutput | null> {
  const { rows } = await database.query<{ output: TurnOutput }>(selectTurn(key));
  return rows[0]?.output ?? null;
}

interface BranchRow {
  readonly hash: string;
  readonly session: string;
  readonly parent: string | null;
  readonly depth: number;
  readonly role: string;
  readonly content: unknown;
}

function nodeOf({ role, content, ...place }: BranchRow): SessionNode {
  return { ...place, entry: { role, content } as SessionEntry };
}
