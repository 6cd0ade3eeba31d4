/** A message of a run's thread as people read it: who said what, what was asked for, and what became of it. */
import type { MessageMetadata, Reader, RunMessage } from '../../contract/message.ts';
import { answerHint, formText } from './question-text.ts';
import { clockText, dateText, zoneName } from '../terminal/local-time.ts';
import { hang } from '../terminal/text-width.ts';
import type { Paint } from '../terminal/style.ts';

const INDENT = ' '.repeat(10);

/** `12:04:31  ann  [instruction to code] Use JWT · read by code in turn 3`; further lines are indented. */
export function messageLine(message: RunMessage, runId: string, paint: Paint, width = Infinity): string {
  const receipt = receiptText(message);
  const text = [
    `${actionText(message)}${message.content ?? ''}`.trimEnd(),
    receipt === '' ? '' : paint('dim', `· ${receipt}`),
  ];
  const lines = [joined(text), ...detailLines(message), ...questionLines(message, runId)];
  return lineOf(message, message.created_at, lines, { paint, width });
}

/** What has become of a message that was told before, and when: `12:05:02  ann  ↳ "Use JWT" · read by code in turn 3`. */
export function receiptLine(message: RunMessage, paint: Paint, width = Infinity): string {
  const about = message.content === null ? (message.action_type ?? 'message') : `"${cut(message.content)}"`;
  const lines = [`↳ ${about} ${paint('dim', `· ${receiptText(message)}`)}`];
  return lineOf(message, receiptTime(message), lines, { paint, width });
}

/** When it has become of it what is told. */
export const receiptTime = ({ processed_at: done, readers, created_at: said }: RunMessage): string =>
  done ?? readers.at(-1)?.at ?? said;

/** Above what was said on a day, with the zone in which the times are. */
export const dayLine = (at: string, paint: Paint): string =>
  paint('dim', `── ${dateText(at)}, times in ${zoneName(new Date(at))} ──`);

interface Room {
  readonly paint: Paint;
  readonly width: number;
}

/** Further lines are indented so that the times stand out; the first is shorter by who speaks. */
function lineOf(message: RunMessage, at: string, lines: readonly string[], { paint, width }: Room): string {
  const head = `${paint('dim', clockText(at))}  ${paint('bold', speaker(message))}  `;
  return hang(head, lines.join('\n'), width, INDENT);
}

/** What became of it, in words; nothing to say of what acts on nothing. */
export function receiptText(message: RunMessage): string {
  const { action_status: status, action_type: action, readers, reason, reason_code: code } = message;
  if (status === 'ignored') {
    return `ignored${code === null ? '' : ` (${code})`}: ${reason ?? 'no reason given'}`;
  }
  if (message.message_type !== 'user') return questionStatus(message);
  if (action === null || action === 'comment') return '';
  const read = readers.length === 0 ? '' : `read by ${readers.map(readerText).join(', ')}`;
  if (status === 'acknowledged') return read === '' ? 'acknowledged' : read;
  return [status, read].filter((part) => part !== '').join(', ');
}

function questionStatus({ metadata }: RunMessage): string {
  const { question, status } = metadata ?? {};
  return question === undefined || status === undefined || status === 'open' ? '' : status;
}

function readerText({ agent, step, turn }: Reader): string {
  const name = agent === null || agent === step ? step : `${agent}/${step}`;
  return `${name} in turn ${turn}`;
}

/** `[instruction to code, interrupt] `: the action with what else was asked for; empty for a mere comment. */
function actionText({ message_type: type, action_type: action, metadata }: RunMessage): string {
  if (type !== 'user') return '';
  const asked = askedFor(metadata ?? {}, action ?? '');
  if (action === null || action === 'comment') return asked.target === '' ? '' : `[${asked.target.trim()}] `;
  return `[${[`${action}${asked.target}`, ...asked.more].join(', ')}] `;
}

/** Commands on one step: they are of it, and not said to anybody. */
const OF_STEP: ReadonlySet<string> = new Set([
  ...['compact', 'skip', 'retry_now', 'stop_retrying', 'hold', 'release', 'override', 'set_limits'],
]);
const LIMITS = ['max_turns', 'max_tokens', 'max_cost_usd', 'max_duration'] as const;

function askedFor(
  metadata: MessageMetadata,
  action: string,
): { readonly target: string; readonly more: readonly string[] } {
  const { target, question, message, delivery, mode, replaces, skip_to: skipTo, temporal } = metadata;
  const to = target ?? question;
  const more = [
    delivery === 'interrupt' ? 'interrupt' : '',
    mode ?? '',
    temporal === true ? 'in Temporal' : '',
    replaces === undefined ? '' : `replaces ${replaces}`,
    skipTo === undefined ? '' : `skip to ${skipTo}`,
    ...LIMITS.map((name) => (metadata[name] === undefined ? '' : `${name} ${metadata[name]}`)),
  ];
  return {
    target: `${to === undefined ? '' : ` ${OF_STEP.has(action) ? 'of' : 'to'} ${to}`}${message === undefined ? '' : ` of ${message}`}`,
    more: more.filter((part) => part !== ''),
  };
}

function detailLines({ content, metadata }: RunMessage): string[] {
  const { task, context } = metadata ?? {};
  return [
    ...(task === undefined || task === content ? [] : [`task: ${task}`]),
    ...(context === undefined ? [] : [`context: ${context}`]),
  ];
}

/** While nobody has answered: what an answer takes, and the command for it. */
function questionLines({ message_type: type, metadata }: RunMessage, runId: string): string[] {
  const { question, form, call, status } = metadata ?? {};
  if (type === 'user' || question === undefined || status !== 'open') return [];
  const asked = { form: form ?? null, isCall: (call ?? null) !== null };
  const takes = formText(asked.form);
  return [...(takes === '' ? [] : [`takes: ${takes}`]), `answer: ${answerHint(runId, question, asked)}`];
}

/** Agents and Baton itself speak of a step. */
function speaker({ message_type: type, agent, author, step }: RunMessage): string {
  if (type === 'user') return author ?? 'user';
  const name = type === 'agent' ? (agent ?? 'agent') : 'baton';
  return step === null ? name : `${name}/${step}`;
}

const joined = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ');

function cut(text: string): string {
  const line = text.split('\n')[0] ?? '';
  return line.length > 60 || line.length < text.length ? `${line.slice(0, 59)}…` : line;
}
