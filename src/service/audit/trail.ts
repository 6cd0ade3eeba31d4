/**
 * The record of one request that would change something: what is known of it is noted as it goes through the house,
 * written before the effect, and completed with the outcome. One row, whichever way it ends.
 */
import type { Request, Response } from 'express';
import { ACCEPTED, BEGUN, type AuditEntry } from '../../database/audit.ts';
import { storableText } from '../../plan/storable.ts';
import type { Json } from '../../plan/json.ts';
import type { AuditLog } from './audit-log.ts';

/** What a route knows of its request. */
export interface Facts {
  /** What is wanted, in one word. */
  readonly action?: string;
  readonly run?: string;
  readonly workflow?: string;
  /** Short facts for people; never bodies, never secrets. */
  readonly detail?: { readonly [name: string]: Json };
}

const MAX_CHARS = 200;
const MAX_ID_CHARS = 1_000;
/** Told by the words of receipts, in which the record began. */
const OUTCOMES: Readonly<Record<string, string>> = { message_id_reused: 'id_reused' };

export class Trail {
  readonly #log: AuditLog;
  readonly #request: Request;
  #facts: Facts = { action: 'unknown' };
  #route: string;
  #begun: { readonly id: number } | undefined;
  #state: 'open' | 'ended' | 'dropped' = 'open';

  constructor(log: AuditLog, request: Request) {
    this.#log = log;
    this.#request = request;
    this.#route = cut(request.path);
  }

  /** The request is one to this route. */
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

  /** @param code of the problem; null when it was accepted. Counts once, and never throws. */
  async end(status: number, code: string | null): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'ended';
    const entry = this.#entry(code === null ? ACCEPTED : (OUTCOMES[code] ?? code), status);
    await (this.#begun === undefined ? this.#log.refuse(entry) : this.#log.end({ ...entry, ...this.#begun }));
  }

  #entry(outcome: string, status: number | null): AuditEntry {
    const { action = 'unknown', run, workflow, detail } = this.#facts;
    const request = this.#request;
    const forwarded = request.get('x-forwarded-for');
    return {
      request_id: typeof request.id === 'string' ? request.id : crypto.randomUUID(),
      actor: claimedActor(request),
      ...{ action, outcome, status, method: request.method, route: this.#route },
      run_id: run === undefined ? null : cut(run, MAX_ID_CHARS),
      workflow: workflow === undefined ? null : cut(workflow),
      address: request.socket.remoteAddress ?? null,
      user_agent: textOr(request.get('user-agent')),
      detail: { ...short(detail), ...(forwarded !== undefined && { forwarded_for: cut(forwarded) }) },
    };
  }
}

/** The trail of this request, if it leaves one. */
export function trailOf(response: Response): Trail | undefined {
  const trail: unknown = response.locals['trail'];
  return trail instanceof Trail ? trail : undefined;
}

/** Who says to have sent it, also where the rest of it is not in its form. */
function claimedActor(request: Request): string | null {
  const { query } = request;
  const body: unknown = request.body;
  const sent = typeof body === 'object' && body !== null && 'by' in body ? body.by : query['by'];
  return textOr(sent);
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
