/** From what a caller says to the message that travels. Pure. */
import { TooLargeError } from '../../errors/errors.ts';
import { DEFAULT_PAUSE_MODE, MAX_MESSAGE_CHARS, type SignalMessage } from '../../protocol/signals.ts';
import { actionOf, isBlank, type PostMessage, type RedirectCommand } from '../../contract/message.ts';
import type { Command } from './command.ts';

/** Everything but `answer`, which needs its question. @throws TooLargeError `message_too_large`. */
export function composeMessage(body: PostMessage, id: string): Command {
  const { content, target, delivery, expires, replaces, mode, timeout, on_timeout, by, metadata } = body;
  const { newTaskDescription: task, skipToAgent, additionalContext: context, inputs } = metadata;
  assertShort({ content, 'metadata.newTaskDescription': task, 'metadata.additionalContext': context });
  const action = actionOf(body);
  return given({
    id,
    action,
    content: said(content),
    context: said(context),
    target,
    delivery,
    expires_ms: expires,
    replaces,
    // Said in full: a run of a former interpreter takes silence for another mode.
    mode: action === 'pause' ? (mode ?? DEFAULT_PAUSE_MODE) : mode,
    timeout_ms: timeout,
    on_timeout,
    task: said(task),
    skip_to: skipToAgent,
    inputs,
    by,
  });
}

/** A redirect by its own route: the thread shows the reason, else the task. @throws TooLargeError `message_too_large`. */
export function composeRedirect(body: RedirectCommand, id: string): Command {
  const { task, skip_to, context, inputs, reason, by } = body;
  assertShort({ task, context });
  const why = said(reason);
  return given({
    id,
    action: 'redirect',
    content: why ?? task,
    ...(why !== undefined && { task }),
    skip_to,
    context: said(context),
    inputs,
    by,
  });
}

/** @throws TooLargeError `message_too_large`, for the first text that is too long. */
export function assertShort(texts: Readonly<Record<string, string | undefined>>): void {
  for (const [name, text] of Object.entries(texts)) {
    if (text === undefined || text.length <= MAX_MESSAGE_CHARS) continue;
    const message =
      `\`${name}\` has ${text.length} characters; ${MAX_MESSAGE_CHARS} are allowed. ` +
      'Shorten it, send it in parts, or put it where agents can read it and say where.';
    throw new TooLargeError('message_too_large', message, [
      { path: `body.${name}`, code: 'too_big', message: `at most ${MAX_MESSAGE_CHARS} characters` },
    ]);
  }
}

/** The text, unless it is blank. */
function said(text: string | undefined): string | undefined {
  return isBlank(text) ? undefined : text;
}

type Wanted = { readonly [K in keyof SignalMessage]?: SignalMessage[K] | undefined } & Pick<
  Command,
  'id' | 'action'
>;

/** Without the members that are undefined. */
export function given(wanted: Wanted): Command {
  return Object.fromEntries(
    Object.entries(wanted).filter(([, value]) => value !== undefined),
  ) as unknown as Command;
}
