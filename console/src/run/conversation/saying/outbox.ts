/**
 * What somebody has said and the conversation does not show yet: on its way, recorded, or not taken, with the reason. What
 * was typed stays until it stands in the conversation or is taken back, over a reload too. Trying again counts once: the
 * id is the same.
 */
import type { PostMessage } from '../../../api/generated.ts';
import { stored } from './stored.ts';

export interface Outgoing {
  /** Under which it will stand in the conversation. */
  readonly id: string;
  readonly body: PostMessage;
  readonly state: 'sending' | 'recorded' | 'failed';
  /** Why it has failed, in sentences; null: it has not. */
  readonly why: string | null;
}

export type Outbox = readonly Outgoing[];

const LEFT = 'The page was left before Baton had answered. Trying again counts once.';
const NONE: Outbox = [];

const outboxes = stored<Outbox>('baton.outbox', NONE, (all) => all.length === 0, afterReload);

export const listenToOutboxes = outboxes.listen;
export const outboxOf = outboxes.get;

/**
 * Sends it, and keeps it. Once at a time for each id.
 *
 * @param post has it recorded, or throws @param words what is shown of the refusal
 */
export async function send(
  runId: string,
  { id, body }: Pick<Outgoing, 'id' | 'body'>,
  post: () => Promise<void>,
  words: (error: unknown) => string,
): Promise<void> {
  const put = (state: Outgoing['state'], why: string | null = null) =>
    outboxes.set(runId, withOne(outboxOf(runId), { id, body, state, why }));
  put('sending');
  try {
    await post();
    if (isIn(runId, id)) put('recorded');
  } catch (error) {
    if (isIn(runId, id)) put('failed', words(error));
  }
}

/** It stands in the conversation, or is taken back. */
export function drop(runId: string, ids: ReadonlySet<string>): void {
  const left = outboxOf(runId).filter(({ id }) => !ids.has(id));
  if (left.length < outboxOf(runId).length) outboxes.set(runId, left);
}

/** In its place, or behind the others. Pure. */
function withOne(all: Outbox, one: Outgoing): Outbox {
  return all.some(({ id }) => id === one.id)
    ? all.map((other) => (other.id === one.id ? one : other))
    : [...all, one];
}

/** Nobody knows what became of what was on its way. Pure. */
export function afterReload(all: Outbox): Outbox {
  return all.map((one) => (one.state === 'sending' ? { ...one, state: 'failed', why: LEFT } : one));
}

function isIn(runId: string, id: string): boolean {
  return outboxOf(runId).some((one) => one.id === id);
}
