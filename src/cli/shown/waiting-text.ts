/** Whom or what a run waits for, in a line for people, and what they can do about it. */
import type { ToldRun } from '../client/told-run.ts';
import type { Waiting } from '../../contract/run.ts';
import { EDIT_PLAN } from '../../protocol/agent.ts';
import { shellWord } from './shell-word.ts';
import { counted, formatAge, type Tone } from '../terminal/style.ts';

/**
 * `asks ann or bob for a yes: run_command {"command": …}, expires in 12 min`, without the step.
 *
 * @param now undefined: the time that is left is not told
 */
export function waitingText(waiting: Waiting, now?: number): string {
  switch (waiting.kind) {
    case 'question':
      return `${questionText(waiting)}${untilText(waiting.until, now, 'expires')}`;
    case 'limit':
      return `needs more: ${needText(waiting.text ?? 'a limit was reached')}`;
    case 'pause': {
      const by = waiting.who.length === 0 ? '' : ` by ${waiting.who.join(', ')}`;
      return `paused${by}${waiting.text === null ? '' : `: ${waiting.text}`}${untilText(waiting.until, now, 'ends')}`;
    }
    case 'temporal_pause': {
      const by = waiting.who.length === 0 ? '' : ` by ${waiting.who.join(', ')}`;
      return `paused in Temporal${by}${waiting.text === null ? '' : `: ${waiting.text}`}; clocks go on`;
    }
    case 'retry': {
      const why = waiting.text === null ? '' : ` (${firstLine(waiting.text)})`;
      return `${retryText(waiting.attempt ?? 1, waiting.until, now)}${why}`;
    }
    case 'worker':
      return noWorkerText(waiting.text ?? 'a worker');
    case 'node':
      return noWorkerText(waiting.text ?? 'a node');
    case 'hang':
      return `hangs: stopped a worker ${counted(waiting.times ?? 1, 'time')} within the hour${
        waiting.text === null ? '' : `, at ${firstLine(waiting.text)}`
      }`;
    case 'held': {
      const by = waiting.who.length === 0 ? '' : ` by ${waiting.who.join(', ')}`;
      return `held${by}${waiting.text === null ? '' : `: ${firstLine(waiting.text)}`}`;
    }
    default:
      return `waits: ${waiting.text ?? waiting.kind}`;
  }
}

export const toneOf = (waiting: Waiting): Tone =>
  waiting.kind === 'hang' || waiting.kind === 'worker' || waiting.kind === 'node' ? 'red' : 'yellow';

/** The command with which somebody gets it to go on; '' where nobody needs to. */
export function waitingCommand({ id }: ToldRun, waiting: Waiting): string {
  if (waiting.kind === 'pause' || waiting.kind === 'temporal_pause') return `baton resume ${id}`;
  if (waiting.kind === 'held') return `baton step release ${id} ${shellWord(waiting.step ?? '')}`;
  if (waiting.kind !== 'question') return '';
  const question = `baton answer ${id} ${waiting.question ?? ''}`.trimEnd();
  return waiting.asks === 'approval' ? `${question} --approve (or --reject)` : question;
}

/** `retrying ×4, next in 12 s`: so many attempts have failed. */
export function retryText(failed: number, at: string | null, now?: number): string {
  const left = at === null || now === undefined ? null : Date.parse(at) - now;
  const next = left === null ? '' : left > 500 ? `, next in ${formatAge(left)}` : ', next at any moment';
  return `retrying ×${failed}${next}`;
}

/** `a worker for capability gpu (task queue gpu)` is what is missing. */
export const noWorkerText = (missing: string): string =>
  /^a (worker|node)/.test(missing) ? missing.replace(/^a /, 'no ') : `waits for ${missing}`;

/** What a need says, without the way of the API: the command that stands behind it is told. */
export const needText = (message: string): string =>
  message.replace(/(go on|answer) with POST .*? or: (?=baton )/s, '$1 with: ').replaceAll('\n', ' ');

function questionText({ asks, call, who, text }: Waiting): string {
  const whom = who.length === 0 ? 'needs' : `asks ${who.join(' or ')} for`;
  // Of a proposed edit the text says all.
  const what = [call === EDIT_PLAN ? null : call, text].filter((part) => part !== null).join(' ');
  if (asks === 'approval') return `${whom} a yes: ${firstLine(what)}`;
  if (asks === 'limit') return `${whom} a decision: ${firstLine(what)}`;
  return `${whom} an answer: ${firstLine(what)}`;
}

function untilText(until: string | null, now: number | undefined, verb: string): string {
  if (until === null || now === undefined) return '';
  const left = Date.parse(until) - now;
  return left > 0 ? `, ${verb} in ${formatAge(left)}` : `, ${verb} now`;
}

const firstLine = (text: string): string => text.trim().split('\n')[0] ?? '';
