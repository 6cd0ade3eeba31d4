/**
 * Activities that do steps of Baton runs. Each gets one argument, and answers JSON. Done again under the same idempotency_key
 * it must come to the same.
 */
import { ApplicationFailure, Context } from '@temporalio/activity';

/** What Baton hands over; docs/nodes.md says what each member is. */
export interface Request<Input> {
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
  readonly idempotency_key: string;
  readonly deadline: string;
  readonly traceparent?: string;
  readonly input: Input;
}

/** Counts words, and takes some seconds over it if told to. */
export async function weigh({ input, idempotency_key: key }: Request<{ text: string; seconds?: number }>) {
  if (input.text === '') throw ApplicationFailure.nonRetryable('there is no text to weigh', 'TASK_ERROR');
  const context = Context.current();
  for (let left = input.seconds ?? 0; left > 0; left -= 0.5) {
    context.heartbeat();
    await context.sleep(500); // ends at once when nobody wants it any more
  }
  return { words: input.text.trim().split(/\s+/).length, key };
}
