/**
 * What a run's thread still has to know of its messages: which ones wait for agents, which comments ask something, and
 * which ids have been used. Those that are settled are forgotten, but for their ids.
 */
import { digestOf } from '../../plan/digest.ts';
import type { MessageRow } from './rows.ts';

/** Hexadecimal digits of what a message said. */
const DIGEST = 16;

export class Thread {
  /** Messages that agents have yet to read or to answer, by the core's key. */
  readonly waiting = new Map<string, MessageRow>();
  /** Comments that ask something, by the question's id. */
  readonly questions = new Map<string, MessageRow>();
  /** By id, over all branches of the run. */
  readonly #said = new Map<string, string>();

  /** Was the id used before, and for the same? From now on it is. @param said all that counts of the message */
  recall(id: string, said: string): 'new' | 'same' | 'other' {
    const digest = digestOf(said).slice(0, DIGEST);
    const known = this.#said.get(id);
    if (known !== undefined) return known === digest ? 'same' : 'other';
    this.#said.set(id, digest);
    return 'new';
  }
}
