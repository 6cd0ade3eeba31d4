/**
 * The body of a message, out of what the command line says. What contradicts itself is refused here; whether the run
 * can do it is the API's to judge.
 */
import type { MessageRequest, PostedAction } from '../../contract/message.ts';
import { CliError, EXIT } from '../exit.ts';
import { readInputs, type InputTypes } from './inputs.ts';
import { durationArgument, textArgument } from './text-argument.ts';

const ACTIONS = ['comment', 'instruction', 'pause', 'resume', 'cancel', 'redirect'] as const;
type Action = (typeof ACTIONS)[number];

/** As commander gives the options. */
export interface MessageWords {
  readonly text?: string | undefined;
  readonly comment?: boolean;
  readonly instruction?: boolean;
  readonly pause?: boolean;
  readonly resume?: boolean;
  readonly cancel?: boolean;
  readonly redirect?: boolean;
  readonly to?: string;
  readonly interrupt?: boolean;
  readonly expires?: string;
  readonly replaces?: string;
  readonly context?: string;
  readonly task?: string;
  readonly skipTo?: string;
  readonly i: readonly string[];
  readonly id?: string;
}

/** POST /runs/:id/messages, but for `by`. */
export type MessageBody = Omit<MessageRequest, 'by' | 'action_type'> & { readonly action_type: PostedAction };

/** Options that suit some actions only. */
const SUITS = [
  { option: '--to', name: 'to', actions: ['comment', 'instruction', 'resume'] },
  { option: '--interrupt', name: 'interrupt', actions: ['instruction'] },
  { option: '--expires', name: 'expires', actions: ['instruction'] },
  { option: '--replaces', name: 'replaces', actions: ['instruction'] },
  { option: '--context', name: 'context', actions: ['instruction', 'resume', 'redirect'] },
  { option: '--task', name: 'task', actions: ['redirect'] },
  { option: '--skip-to', name: 'skipTo', actions: ['redirect'] },
] as const satisfies readonly {
  readonly option: string;
  readonly name: keyof MessageWords;
  readonly actions: readonly Action[];
}[];

/**
 * @param types of the run's inputs
 * @throws CliError when the words contradict each other or a text is missing
 */
export function messageBody(words: MessageWords, types: InputTypes = {}): MessageBody {
  const action = actionOf(words);
  checkOptions(action, words);
  const texts = textsOf(words);
  const content = contentOf(action, texts);
  const metadata = metadataOf(texts, words, types);
  const { to, interrupt, expires, replaces, id } = words;
  return {
    action_type: action,
    ...(content !== undefined && { content }),
    ...(to !== undefined && { target: to }),
    ...(interrupt === true && { delivery: 'interrupt' }),
    ...(expires !== undefined && { expires: durationArgument(expires, '--expires') }),
    ...(replaces !== undefined && { replaces }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(id !== undefined && { id }),
  };
}

interface Texts {
  readonly text?: string;
  readonly task?: string;
  readonly context?: string;
}

/** Each is read once: stdin gives what it has to the first that asks. */
function textsOf({ text, task, context }: MessageWords): Texts {
  return {
    ...(text !== undefined && { text: textArgument(text, 'the text') }),
    ...(task !== undefined && { task: textArgument(task, '--task') }),
    ...(context !== undefined && { context: textArgument(context, '--context') }),
  };
}

/** A comment unless something else is asked for; context is for agents, so that it makes an instruction. */
function actionOf(words: MessageWords): Action {
  const asked = ACTIONS.filter((action) => words[action] === true);
  if (asked.length > 1)
    throw wrong(`${asked.map((action) => `--${action}`).join(' and ')}: give one of them`);
  return asked[0] ?? (words.context === undefined ? 'comment' : 'instruction');
}

function checkOptions(action: Action, words: MessageWords): void {
  for (const { option, name, actions } of SUITS) {
    const suits: readonly Action[] = actions;
    if (words[name] !== undefined && !suits.includes(action)) throw unsuited(option, action, suits);
  }
  if (words.i.length > 0 && action !== 'redirect') throw unsuited('-i', action, ['redirect']);
  if (action === 'resume' && words.to !== undefined && words.context === undefined) {
    throw wrong('--to says who is told something when the run goes on: give --context too');
  }
}

function unsuited(option: string, action: Action, actions: readonly Action[]): CliError {
  const flags = actions.map((name) => `--${name}`);
  const last = flags.at(-1) ?? '';
  const list = flags.length < 2 ? last : `${flags.slice(0, -1).join(', ')} or ${last}`;
  return wrong(`${option} has no meaning for ${article(action)}: it goes with ${list}`);
}

const NEEDS_TEXT: ReadonlySet<Action> = new Set(['comment', 'instruction', 'redirect']);

function contentOf(action: Action, { text, task }: Texts): string | undefined {
  const content = [text, action === 'redirect' ? task : undefined].find((one) => (one ?? '').trim() !== '');
  if (content === undefined && NEEDS_TEXT.has(action)) {
    throw wrong(`${article(action)} needs a text: baton message RUN "…" (- for stdin, @file for a file's)`);
  }
  return content;
}

function metadataOf(
  { task, context }: Texts,
  { skipTo, i }: MessageWords,
  types: InputTypes,
): Record<string, unknown> {
  return {
    ...(task !== undefined && { newTaskDescription: task }),
    ...(skipTo !== undefined && { skipToAgent: skipTo }),
    ...(context !== undefined && { additionalContext: context }),
    ...(i.length > 0 && { inputs: readInputs(i, undefined, types) }),
  };
}

const article = (action: Action): string => `${action === 'instruction' ? 'an' : 'a'} ${action}`;
const wrong = (message: string): CliError => new CliError(EXIT.usage, message, { code: 'message_unclear' });
