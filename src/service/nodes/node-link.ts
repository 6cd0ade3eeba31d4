/**
 * One connection of a node, between its transport and the tables: what the node says is checked against what it has, and
 * what it has is told to it.
 *
 * Nothing that a node says can harm more than its own work: what it names must be its own, what it floods is left out,
 * and a node that goes on flooding is cut off.
 */
import { boundedComments } from '../../nodes/comments.ts';
import { failureOf } from '../../nodes/failure.ts';
import { MOST_RESULT_BYTES } from '../../nodes/node.ts';
import { end, type Outcome } from '../../nodes/queries/assignments.ts';
import {
  accept,
  countLate,
  leaving,
  reject,
  type Linked,
  type SaidRow,
  type WorkRow,
} from '../../nodes/queries/gate.ts';
import { storableText } from '../../plan/storable.ts';
import type { Store } from '../ways/store.ts';
import { Allowance } from './allowance.ts';

const MOST_TEXT = 500;
const MOST_COMMENTS = 50;
/** Messages of a second that are too many, and how many may come at once. */
const A_SECOND = 50;
const AT_ONCE = 500;

/** What is told to a node. */
export type ToNode =
  | { readonly kind: 'registered'; readonly heartbeatMs: number; readonly leaseMs: number }
  | {
      readonly kind: 'assignment';
      readonly id: string;
      readonly key: string;
      readonly run: string;
      readonly step: string;
      readonly attempt: number;
      readonly capability: string;
      readonly input: string;
      /** Empty: it is not told. */
      readonly traceparent: string;
      readonly deadline: Date;
    }
  | { readonly kind: 'cancel' | 'resumed'; readonly id: string }
  | { readonly kind: 'paused'; readonly id: string; readonly reason: string }
  | {
      readonly kind: 'instruction';
      readonly id: string;
      readonly message: string;
      readonly text: string;
      readonly by: string;
    }
  | { readonly kind: 'refused'; readonly id: string; readonly code: string; readonly message: string };

/** What a node says of its work; `id` is the assignment's. */
export type FromNode =
  | { readonly kind: 'heartbeat' | 'drain' }
  | { readonly kind: 'accepted'; readonly id: string }
  | { readonly kind: 'rejected'; readonly id: string; readonly reason: string }
  | { readonly kind: 'progress'; readonly id: string; readonly share: number | null; readonly text: string }
  | { readonly kind: 'comment'; readonly id: string; readonly text: string }
  | { readonly kind: 'completed'; readonly id: string; readonly result: string }
  | {
      readonly kind: 'failed';
      readonly id: string;
      readonly isInfra: boolean;
      readonly message: string;
      readonly isFinal: boolean;
      readonly data: string | undefined;
    };

/** What a transport gives for a connection. */
export interface Speaking {
  readonly tell: (message: ToNode) => void;
  /** Ends the connection. @param code why, in one word */
  readonly end: (code: string, message: string) => void;
}

interface Progress {
  readonly share: number | null;
  readonly text: string;
}

/** An assignment that the node was told of. */
interface Held {
  readonly comments: string[];
  progress: Progress | null;
  pausing: boolean;
  /** Of what was said to it: the newest that it was told. */
  said: number;
}

interface LinkDeps {
  readonly store: Store;
  readonly left: () => Promise<void>;
}

export class NodeLink implements Linked {
  readonly node: string;
  readonly instance: string;
  readonly #speaking: Speaking;
  readonly #deps: LinkDeps;
  readonly #held = new Map<string, Held>();
  readonly #allowance = new Allowance(A_SECOND, AT_ONCE);
  #heardAt = performance.now();
  #isOver = false;

  constructor({ node, instance }: Linked, speaking: Speaking, deps: LinkDeps) {
    this.node = node;
    this.instance = instance;
    this.#speaking = speaking;
    this.#deps = deps;
  }

  heardMsAgo(): number {
    return performance.now() - this.#heardAt;
  }

  open(): readonly string[] {
    return [...this.#held.keys()];
  }

  /** The node has said something. @throws UnavailableError: it is to say it again by a new connection */
  async hear(message: FromNode): Promise<void> {
    if (this.#isOver) return;
    this.#heardAt = performance.now();
    if (!this.#allowance.take())
      return this.over('too_many_messages', `More than ${A_SECOND} messages a second.`);
    switch (message.kind) {
      case 'heartbeat':
        return;
      case 'drain':
        return void (await this.#deps.store.first(leaving(this)));
      case 'accepted':
        return this.#accepted(message.id);
      case 'rejected':
        return this.#rejected(message.id, message.reason);
      case 'progress':
        return this.#atWork(message.id, (held) => (held.progress = progressOf(message)));
      case 'comment':
        return this.#atWork(
          message.id,
          ({ comments }) => comments.length < MOST_COMMENTS && comments.push(message.text),
        );
      case 'completed':
        return this.#completed(message.id, message.result);
      case 'failed':
        return this.#ended(message.id, (comments) => ({
          status: 'failed',
          failure: failureOf(message),
          comments,
        }));
    }
  }

  /** Its connection has ended. */
  async left(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#deps.left();
  }

  /** A newer connection of the same program has taken its place. */
  replaced(): void {
    this.#isOver = true;
    this.#speaking.end('replaced', 'Another connection of this instance has taken the place of this one.');
  }

  over(code: string, message: string): void {
    void this.left();
    this.#speaking.end(code, message);
  }

  /** What it has at the moment, as the tables have it. */
  async bring(work: readonly WorkRow[], input: (id: string) => Promise<string>): Promise<void> {
    const has = new Set(work.map(({ id }) => id));
    for (const id of this.#held.keys())
      if (!has.has(id)) {
        this.#held.delete(id);
        this.#tell({ kind: 'cancel', id });
      }
    for (const row of work) {
      const held = this.#held.get(row.id) ?? (await this.#begin(row, input));
      if (row.pausing && !held.pausing)
        this.#tell({ kind: 'paused', id: row.id, reason: row.pause_reason ?? '' });
      if (!row.pausing && held.pausing) this.#tell({ kind: 'resumed', id: row.id });
      held.pausing = row.pausing;
    }
  }

  /** One that is running already came with the node, from a connection before: it knows what it is about. */
  async #begin(row: WorkRow, input: (id: string) => Promise<string>): Promise<Held> {
    const held = { comments: [], progress: null, pausing: false, said: 0 };
    if (row.status === 'assigned')
      this.#tell({
        kind: 'assignment',
        id: row.id,
        key: row.key,
        run: row.run_id,
        step: row.step,
        attempt: row.attempt,
        capability: row.capability ?? '',
        input: await input(row.id),
        traceparent: row.traceparent ?? '',
        deadline: row.ends_by,
      });
    this.#held.set(row.id, held);
    return held;
  }

  hearSaid(said: readonly SaidRow[]): void {
    for (const { id, seq, message_id: message, text, by } of said) {
      const held = this.#held.get(id);
      if (held === undefined || seq <= held.said) continue;
      held.said = seq;
      this.#tell({ kind: 'instruction', id, message, text, by });
    }
  }

  takeProgress(): readonly (readonly [id: string, progress: Progress])[] {
    return [...this.#held].flatMap(([id, held]) => {
      const { progress } = held;
      held.progress = null;
      return progress === null ? [] : [[id, progress] as const];
    });
  }

  async #accepted(id: string): Promise<void> {
    if ((await this.#deps.store.first(accept(id, this))) === undefined) await this.#refuse(id);
  }

  async #rejected(id: string, reason: string): Promise<void> {
    const said = shortText(reason) || 'it said no more';
    if ((await this.#deps.store.first(reject(id, this, said))) === undefined) return this.#refuse(id);
    this.#held.delete(id);
  }

  #atWork(id: string, take: (held: Held) => unknown): void {
    const held = this.#held.get(id);
    // It may just have ended: that is told at its result.
    if (held !== undefined) take(held);
  }

  async #completed(id: string, result: string): Promise<void> {
    const bytes = Buffer.byteLength(result);
    if (bytes <= MOST_RESULT_BYTES)
      return this.#ended(id, (comments) => ({ status: 'completed', result, comments }));
    const message = `its result has ${bytes} bytes, and may have ${MOST_RESULT_BYTES}: let it answer where that is found`;
    const failure = { category: 'TASK' as const, message, retryable: false, data: null };
    return this.#ended(id, (comments) => ({ status: 'failed', failure, comments }));
  }

  async #ended(id: string, outcomeOf: (comments: readonly string[]) => Outcome): Promise<void> {
    const comments = boundedComments(this.#held.get(id)?.comments ?? []);
    const ended = await this.#deps.store.first(end(id, this.instance, outcomeOf(comments)));
    if (ended === undefined) return this.#refuse(id);
    this.#held.delete(id);
  }

  async #refuse(id: string): Promise<void> {
    this.#held.delete(id);
    const isKnown = (await this.#deps.store.first(countLate(id))) !== undefined;
    this.#tell({
      kind: 'refused',
      id: id.slice(0, 100),
      code: isKnown ? 'assignment_over' : 'assignment_unknown',
      message: isKnown
        ? 'The assignment is over, or another node has it: what came of it here does not count.'
        : 'There is no such assignment.',
    });
  }

  #tell(message: ToNode): void {
    if (!this.#isOver) this.#speaking.tell(message);
  }
}

function progressOf({ share, text }: Progress): Progress {
  const isShare = share !== null && share >= 0 && share <= 1;
  return { share: isShare ? share : null, text: shortText(text) };
}

const shortText = (text: string): string => storableText(text).slice(0, MOST_TEXT);
