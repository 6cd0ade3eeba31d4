/**
 * What a run's thread still has to know of its messages: which ones wait for agents, which comments ask something, and
 * which ids have been used. Those that are settled are forgotten, but for their ids.
 */
import type { MessageRow } from '../../../tables/projected/workflow-messages.ts';

export class Thread {
  /** Messages that agents have yet to read or to answer, by the core's key. */
  readonly waiting = new Map<string, MessageRow>();
  /** Comments that ask something, by the question's id. */
  readonly questions = new Map<string, MessageRow>();
  /** By id, over all branches of the run. */
  readonly #said = new Map<string, string>();

  /** Was the id used before, and for the same? From now on it is. @param said digest of what the message says */
  recall(id: string, said: string): 'new' | 'same' | 'other' {
    const known = this.#said.get(id);
    if (known !== undefined) return known === said ? 'same' : 'other';
    this.#said.set(id, said);
    return 'new';
  }
}
