/**
 * Somebody who says one thing after the other to a run, each under an id of its own and again and again until the API
 * has acknowledged it, whatever dies meanwhile.
 */
import { until } from './until.ts';

/** What was acknowledged, as it was sent. */
export interface Said {
  readonly id: string;
  readonly action: string;
  readonly content: string;
}

export class Sender {
  readonly name: string;
  /** In the order in which they were sent. */
  readonly acknowledged: Said[] = [];
  readonly #api: () => string;
  readonly #runId: string;
  #last: { readonly id: string; readonly body: string } | null = null;

  /** @param api where the API is now */
  constructor(name: string, api: () => string, runId: string) {
    this.name = name;
    this.#api = api;
    this.#runId = runId;
  }

  /** Resolves once it is acknowledged. @param more of the body, such as `delivery` @throws when it is refused */
  async say(action: string, content: string, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const id = `${this.name}-${this.acknowledged.length + 1}`;
    const body = JSON.stringify({ id, action_type: action, content, by: this.name, ...more });
    await this.#sayThis(id, body);
    this.#last = { id, body };
    this.acknowledged.push({ id, action, content });
  }

  /** Says the last thing once more, as somebody does who never got the answer. */
  async repeat(): Promise<void> {
    if (this.#last !== null) await this.#sayThis(this.#last.id, this.#last.body);
  }

  async #sayThis(id: string, body: string): Promise<void> {
    const answer = await until(() => this.#post(body), {
      timeout: 180_000,
      interval: 200,
      describe: `${id} is acknowledged`,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${id} was refused: ${answer.status} ${text}`);
  }

  /** The API's answer; undefined when it has none now. */
  async #post(body: string): Promise<Response | undefined> {
    const answer = await fetch(`${this.#api()}/api/v1/runs/${this.#runId}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(20_000),
    });
    return answer.status >= 500 ? undefined : answer;
  }
}
