/**
 * The record of one call that would change something: what is known of it is noted as it goes through the house,
 * written before the effect, and completed with the outcome. One row, whichever way it ends.
 */
import { ACCEPTED, BEGUN, type AuditEntry } from '../../database/audit.ts';
import { storableText } from '../../plan/storable.ts';
import type { Json } from '../../plan/json.ts';
import type { CallRecord } from '../call.ts';
import type { Caller } from '../caller.ts';
import type { AuditLog } from './audit-log.ts';

/** What the way by which a call came knows of it. */
export interface Arrival {
  /** The id under which it stands in the log too. */
  readonly id: string;
  readonly caller: Caller;
  /** How it was made, such as the method of HTTP. */
  readonly method: string;
  /** What was called, as far as it is known before anything has looked at it. */
  readonly route: string;
  /** Who it says to be from, if it says so; asked for when the row is written, since it may have to be read first. */
  readonly claim: () => unknown;
}

/** What is known of what is wanted. */
export interface Facts {
  /** What is wanted, in one word. */
  readonly action?: string;
  readonly run?: string;
  readonly workflow?: string;
  /** Short facts for people; never bodies, never secrets. */
  readonly detail?: { readonly [name: string]: Json };
}

/** How a call has ended. */
export interface Ending {
  /** What its transport calls it. */
  readonly status: number | null;
  /** Of the error; null when it was accepted. */
  readonly code: string | null;
}

const MAX_CHARS = 200;
const MAX_ID_CHARS = 1_000;
/** Told by the words of receipts, in which the record began. */
const OUTCOMES: Readonly<Record<string, string>> = { message_id_reused: 'id_reused' };

export class Trail implements CallRecord {
  readonly #log: AuditLog;
  readonly #arrival: Arrival;
  #facts: Facts = { action: 'unknown' };
  #route: string;
  #begun: { readonly id: number } | undefined;
  #state: 'open' | 'ended' | 'dropped' = 'open';

  constructor(log: AuditLog, arrival: Arrival) {
    this.#log = log;
    this.#arrival = arrival;
    this.#route = cut(arrival.route);
  }

  /** It is a call of this. */
  enter(route: string): void {
    this.#route = route;
  }

  note(facts: Facts): void {
    const detail = { ...this.#facts.detail, ...facts.detail };
    this.#facts = { ...this.#facts, ...facts, detail };
  }

  /** It turned out to change nothing. */
  drop(): void {
    this.#state = 'dropped';
  }

  /** Writes the row before the effect. @throws UnavailableError: then nothing may be done */
  async begin(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#begun = { id: await this.#log.begin(this.#entry(BEGUN, null)) };
  }

  /** Counts once, and never throws. */
  async end({ status, code }: Ending): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'ended';
    const entry = this.#entry(code === null ? ACCEPTED : (OUTCOMES[code] ?? code), status);
    await (this.#begun === undefined ? this.#log.refuse(entry) : this.#log.end({ ...entry, ...this.#begun }));
  }

  #entry(outcome: string, status: number | null): AuditEntry {
    const { action = 'unknown', run, workflow, detail } = this.#facts;
    const { id, caller, method, claim } = this.#arrival;
    const { address, agent, forwardedFor } = caller.from;
    return {
      request_id: id,
      actor: textOr(caller.who ?? claim()),
      ...{ action, outcome, status, method, route: this.#route },
      run_id: run === undefined ? null : cut(run, MAX_ID_CHARS),
      workflow: workflow === undefined ? null : cut(workflow),
      address,
      user_agent: textOr(agent),
      detail: { ...short(detail), ...(forwardedFor !== null && { forwarded_for: cut(forwardedFor) }) },
    };
  }
}

/** Texts of a detail are cut like all others. */
function short(detail: Facts['detail'] = {}): NonNullable<Facts['detail']> {
  return Object.fromEntries(
    Object.entries(detail).map(([name, value]) => [name, typeof value === 'string' ? cut(value) : value]),
  );
}

function textOr(value: unknown): string | null {
  return typeof value === 'string' ? cut(value) : null;
}

function cut(text: string, most = MAX_CHARS): string {
  return storableText(text.slice(0, most));
}
