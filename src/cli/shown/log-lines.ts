/**
 * A run's events as the lines of a log: what was decided, said, called and answered. Pure.
 *
 * Comments in which agents and Baton tell what they do are left out: the events beside them say the same.
 */
import { writeJson } from '../../plan/exact-json.ts';
import type { EventEnvelope } from '../../contract/event.ts';
import { valueText } from '../terminal/output.ts';
import { counted, formatCost } from '../terminal/style.ts';
import { shownValue } from './whole-value.ts';

/** As lists (`at`) and live events (`ts`) carry it. */
export type LoggedEvent = Pick<EventEnvelope, 'seq' | 'type' | 'step' | 'turn' | 'data'> & {
  readonly at?: string;
  readonly ts?: string;
};

export interface LogLine {
  readonly at: string;
  /** null: of the run. */
  readonly step: string | null;
  readonly text: string;
}

type Data = Readonly<Record<string, unknown>>;

export function logLines(event: LoggedEvent): readonly LogLine[] {
  const data = (event.data ?? {}) as Data;
  const texts = (TEXTS[event.type] ?? otherText)(data, event);
  return texts.flatMap((text) => linesAt(event, text));
}

/** Each line of a text by itself. */
function linesAt(event: LoggedEvent, text: string): readonly LogLine[] {
  const at = event.at ?? event.ts ?? '';
  const lines = text.replace(/\n+$/, '').split('\n');
  return lines.map((line) => ({ at, step: event.step, text: line }));
}

type Texts = (data: Data, event: LoggedEvent) => readonly string[];

const TEXTS: Readonly<Record<string, Texts>> = {
  workflow_start: ({ started_by: by }) => [`run started${by == null ? '' : ` by ${words(by)}`}`],
  plan: ({ version, step_count: steps }) => [`plan ${words(version)} with ${counted(Number(steps), 'step')}`],
  status_change: statusTexts,
  llm_complete: llmTexts,
  tool_call: ({ name, input }) => [`→ ${words(name)} ${words(input)}`],
  tool_response: ({ name, is_error: isError, output, preview }) => [
    `← ${words(name)}${isError === true ? ' failed' : ''}: ${output == null ? words(preview) : valueText(shownValue(output))}`,
  ],
  question: ({ status, question, preview }) => [
    `question ${words(question)} ${words(status)}${preview == null ? '' : `: ${words(preview)}`}`,
  ],
  limit: ({ limit, used, of, reached }) => [
    `limit ${words(limit)} ${reached === true ? 'reached' : 'near'}: ${words(used)} of ${words(of)}`,
  ],
  interrupt: ({ why }) => [`interrupted by a ${words(why)}`],
  segment: ({ segment }) => [`segment ${words(segment)} begins`],
  error: ({ type, message, will_retry: again, stdout_tail: out, stderr_tail: err }) => [
    ...printed({ stdout: out, stderr: err }),
    `error: ${words(message)} [${words(type)}]${again === true ? '; tried again' : ''}`,
  ],
  message: messageTexts,
  complete: ({ status, error }) => [
    `run ${words(status)}${error == null ? '' : `: ${words((error as Data)['message'])}`}`,
  ],
};

/** What people do with a step, as its event says it. */
const TOLD = {
  held: 'held',
  released: 'released',
  last_try: 'not tried again',
  limits: 'new limits',
  overridden: 'result replaced',
  rerun: 'runs anew',
} as const;

function statusTexts(data: Data): readonly string[] {
  const { scope, to, reason, output } = data;
  if (scope === 'run' && to !== 'paused') return [];
  const what = Object.entries(TOLD).find(([name]) => data[name] !== undefined)?.[1];
  const by = what === undefined || data['by'] == null ? '' : ` by ${words(data['by'])}`;
  const why = reason == null ? '' : `: ${words(reason)}`;
  return [...printed(shownValue(output)), `${what ?? words(to)}${by}${why}`];
}

/** What a command has printed: `|` before each line of stdout, `!` before those of stderr. */
function printed(result: unknown): readonly string[] {
  const { stdout, stderr } = (typeof result === 'object' && result !== null ? result : {}) as Data;
  return [marked(stdout, '| '), marked(stderr, '! ')].filter((text) => text !== '');
}

const marked = (text: unknown, mark: string): string =>
  typeof text === 'string' && text !== '' ? text.replace(/\n+$/, '').replaceAll(/^/gm, mark) : '';

function llmTexts(
  { model, usage, message, preview, status }: Data,
  { turn }: LoggedEvent,
): readonly string[] {
  const { total_tokens: tokens, cost_micros: cost } = (usage ?? {}) as Data;
  const used = typeof tokens === 'number' ? `, ${tokens} tokens` : '';
  const paid = typeof cost === 'number' ? `, ${formatCost(cost)}` : '';
  const head = `turn ${turn ?? ''} of ${words(model ?? 'the model')}${used}${paid}`;
  const state = status == null || status === 'completed' ? '' : ` ${words(status)}`;
  const said = (message as Data | undefined)?.['text'] ?? preview;
  return [`${head}${state}`, ...(said == null || said === '' ? [] : [indented(words(said))])];
}

function messageTexts({ by, action, content, receipt }: Data, { step }: LoggedEvent): readonly string[] {
  if (receipt === true || content == null) return [];
  if (action === 'comment' && step !== null) return [];
  return [
    `${by == null ? '' : `${words(by)}: `}${action === 'comment' ? '' : `[${words(action)}] `}${words(content)}`,
  ];
}

const otherText: Texts = (data, { type }) => [`${type} ${writeJson(data)}`];

const indented = (text: string): string => text.replaceAll(/^/gm, '  ');

const words = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : writeJson(value);
