/** The state of a run at a point of its record, for a screen. */
import type { RunStateAt } from '../../../contract/past/state.ts';
import type { Consumption } from '../../../protocol/usage.ts';
import { dateTimeText, zoneName } from '../../terminal/local-time.ts';
import { table } from '../../terminal/output.ts';
import { counted, formatCost, plain } from '../../terminal/style.ts';
import { messageLine } from '../message-text.ts';

type Figures = Pick<Consumption, 'turns' | 'total_tokens' | 'cost_estimate'>;

/** So much of the thread is shown; JSON has more. */
const MOST_MESSAGES = 10;

export function stateText(state: RunStateAt): string {
  const status = state.is_paused ? 'paused' : state.status;
  const reason = state.terminal_reason === null ? '' : ` (${state.terminal_reason})`;
  const when = state.at === null ? '' : `, ${dateTimeText(state.at)} ${zoneName(new Date(state.at))}`;
  const head = `${state.run_id} after event ${state.seq}${when}: ${status}${reason}; ${figures(state)}`;
  const rows = state.steps.map((step) => [step.key, standing(step), String(step.attempt), figures(step)]);
  const questions = state.open_questions.map(({ id, preview }) => `asks ${id}: ${preview}`);
  return [
    head,
    planText(state),
    table(['STEP', 'STATUS', 'ATTEMPT', 'USED'], rows),
    ...questions,
    ...threadLines(state),
  ].join('\n');
}

function planText({ plan: { workflow, version, hash, revision }, epoch }: RunStateAt): string {
  if (version === null) return `plan of ${workflow}: not known yet`;
  const edited = revision === 0 ? '' : `, revision ${revision}`;
  return `plan ${workflow}@${version}${edited}, ${(hash ?? '').slice(0, 19)}${epoch === 0 ? '' : `; epoch ${epoch}`}`;
}

function standing({ status, held }: RunStateAt['steps'][number]): string {
  return held === null ? status : `${status}, held${held.by === null ? '' : ` by ${held.by}`}`;
}

function threadLines({ thread, thread_length: length, run_id }: RunStateAt): string[] {
  const shown = thread.slice(-MOST_MESSAGES);
  const before = length - shown.length;
  return [
    ...(before > 0 ? [`thread: ${counted(before, 'message')} before these`] : []),
    ...shown.map((message) => messageLine(message, run_id, plain)),
  ];
}

const figures = ({ turns, total_tokens, cost_estimate }: Figures): string =>
  turns === 0 && total_tokens === 0
    ? '-'
    : `${counted(turns, 'turn')}, ${counted(total_tokens, 'token')}, ${formatCost(cost_estimate)}`;
