/**
 * A client of several API processes, as one behind a balancer without memory: each request goes to the next of them, and
 * to another when one is away or asks for patience. What changes something carries a key or an id, so that a request
 * whose answer was lost can be sent again.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '../../src/contract/shared/common.ts';
import type { RunNow } from '../../src/contract/run.ts';
import type { Step } from '../../src/contract/step.ts';
import { messageOf } from '../../src/errors/errors.ts';
import { hasEnded } from '../../src/protocol/status.ts';
import { until } from '../support/until.ts';

/** Longest that a request may find no API that takes it. */
const PATIENCE_MS = 60_000;
const ANSWER_MS = 15_000;
const BREATH_MS = 50;
const LATER = new Set([429, 502, 503]);

export class FrontDoor {
  readonly #doors: () => readonly string[];
  #turn = 0;
  /** Requests, those that had to be sent again, and the longest that one was without an answer, in ms. */
  readonly figures = { requests: 0, repeated: 0, longestMs: 0 };

  /** @param doors addresses of the APIs as they are at that moment */
  constructor(doors: () => readonly string[]) {
    this.#doors = doors;
  }

  /** @throws Error for a refusal, and when nobody takes it within a minute */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const began = performance.now();
    const request = requestOf(method, body);
    this.figures.requests += 1;
    for (let attempt = 0; ; attempt++) {
      if (attempt === 1) this.figures.repeated += 1;
      const outcome = await this.#try<T>(path, request);
      const ms = performance.now() - began;
      this.figures.longestMs = Math.max(this.figures.longestMs, ms);
      if ('answer' in outcome) return outcome.answer;
      if (ms > PATIENCE_MS) throw new Error(`${method} ${path}: nobody takes it: ${outcome.reason}`);
      await sleep(BREATH_MS);
    }
  }

  publish(text: string): Promise<unknown> {
    return this.call('POST', '/workflows', text);
  }

  async start(workflow: string, inputs: object = {}): Promise<string> {
    return (await this.call<{ id: string }>('POST', '/runs', { workflow, inputs })).id;
  }

  run(id: string): Promise<RunNow> {
    return this.call<RunNow>('GET', `/runs/${id}`);
  }

  async items<T>(path: string): Promise<readonly T[]> {
    return (await this.call<Page<T>>('GET', path)).items;
  }

  steps(id: string): Promise<readonly Step[]> {
    return this.items<Step>(`/runs/${id}/steps?limit=200`);
  }

  /** Resolves with the run when the tables say that it has ended. */
  async finished(id: string): Promise<RunNow> {
    let seen: RunNow | undefined;
    await until(async () => hasEnded((seen = await this.run(id))), {
      timeout: 300_000,
      interval: 200,
      describe: () => `run ${id} ends; it is ${JSON.stringify(seen)}`,
    });
    return this.run(id);
  }

  async #try<T>(path: string, request: RequestInit): Promise<{ answer: T } | { reason: string }> {
    const doors = this.#doors();
    const door = doors[this.#turn++ % doors.length];
    if (door === undefined) return { reason: 'there is no API' };
    try {
      const signal = AbortSignal.timeout(ANSWER_MS);
      const response = await fetch(`${door}/api/v1${path}`, { ...request, signal });
      const text = await response.text();
      if (response.ok) return { answer: (text === '' ? null : JSON.parse(text)) as T };
      if (!LATER.has(response.status))
        throw new Refusal(`${request.method} ${path}: ${response.status} ${text}`);
      return { reason: `${response.status} ${text}` };
    } catch (error) {
      if (error instanceof Refusal) throw error;
      return { reason: messageOf(error) };
    }
  }
}

class Refusal extends Error {
  override readonly name = 'Refusal';
}

function requestOf(method: string, body: unknown): RequestInit {
  if (body === undefined) return { method };
  const isText = typeof body === 'string';
  return {
    method,
    body: isText ? body : JSON.stringify(body),
    headers: {
      'content-type': isText ? 'application/yaml' : 'application/json',
      'idempotency-key': randomUUID(),
    },
  };
}
