/**
 * Nodes: programs of users that do steps of runs, and the work that they are given. Plain data, as the tables hold it.
 *
 *     waiting ──(a node fits)──▶ assigned ──(it takes it)──▶ running ──▶ completed | failed
 *        ▲                          │                           │
 *        └──(it does not want it)───┘      (it is gone) ──▶ lost ◀──┘
 *     (nobody waits for it any more) ──▶ cancelled, from each of the three
 */
import type { Json } from '../plan/json.ts';

/** What a step needs of a node. */
export interface Need {
  /** null: only labels count. */
  readonly capability: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** One that has more of these is taken first. */
  readonly prefer: Readonly<Record<string, string>>;
}

/** A node as matching sees it. */
export interface NodeView {
  readonly id: string;
  readonly capabilities: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly slots: number;
  /** Assignments that it has. */
  readonly used: number;
  /** Micro-dollars a second; null: not known. */
  readonly price: number | null;
  /** Of one that Baton calls. */
  readonly address: string | null;
  readonly instance: string | null;
  readonly draining: boolean;
  /** It is connected and has been heard within its lease, or is one that Baton calls. */
  readonly alive: boolean;
  /** Median of its last 20 completed assignments; null: it has none. */
  readonly seconds: number | null;
  /** Of its last 20, those that were lost. */
  readonly losses: number;
}

/** How an attempt failed at a node. */
export interface NodeFailure {
  /** INFRA: the machinery of the node, not the work: it is tried again elsewhere from a budget of its own. */
  readonly category: 'TASK' | 'INFRA';
  readonly message: string;
  /** Whether trying again could help. */
  readonly retryable: boolean;
  readonly data: Json | null;
}

/** A node that has said nothing for so long has lost what it does, unless it has registered with another time. */
export const LEASE_MS = 5_000;
/** What a node may register with. Up to the longest, connections stay open that nothing is heard of. */
export const LEASES_MS = { least: 2_000, most: 60_000 } as const;
/** So often a node says that it is there. */
export const HEARTBEAT_MS = 1_000;
/** One whose connection has ended may come back to its work for so long. */
export const RETURN_SECONDS = 2;
/** So long a node may leave an assignment untaken. */
export const TAKE_SECONDS = 10;
/** An assignment for which nobody has asked for so long is given up: its run is over. */
export const UNATTENDED_SECONDS = 120;
/** Most bytes of a result: more is to be stored where later steps find it. */
export const MOST_RESULT_BYTES = 1024 * 1024;
/** Whatever waits or works looks again when this is told (`NOTIFY`), and once a second. */
export const CHANNEL = 'baton_nodes';
