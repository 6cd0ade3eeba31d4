/** Model calls as a table with their sums. What is not known is left empty and never counted as nothing. */
import { USAGE_NOTES, type UsageNote } from '../protocol/usage.ts';
import { table } from './output.ts';
import { formatCost, formatDuration } from './style.ts';

export interface CallJson {
  readonly step: string;
  readonly attempt: number;
  readonly turn: number;
  readonly purpose: string;
  readonly status: string;
  readonly replayed: boolean;
  readonly provider: string | null;
  readonly requested_model: string | null;
  readonly model: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cache_read_tokens: number | null;
  /** Micro-dollars. */
  readonly cost_estimate: number | null;
  readonly first_token_ms: number | null;
  readonly duration_ms: number | null;
  readonly finish_reason: string | null;
  readonly usage_note: string | null;
}

export interface CallTotalsJson {
  readonly calls: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_tokens: number;
  readonly total_tokens: number;
  readonly cost_estimate: number | null;
  /** Calls that have ended without a known price. */
  readonly unknown_costs: number;
}

const HEAD = ['CALL', 'STATUS', 'MODEL', 'IN', 'CACHED', 'OUT', 'COST', 'FIRST', 'TIME', 'FINISH'];

export function callsText(calls: readonly CallJson[], totals: CallTotalsJson): string {
  if (calls.length === 0) return 'no model was called';
  return [table(HEAD, calls.map(callRow)), totalsText(totals), ...notesOf(calls)].join('\n');
}

/** What `*` beside a figure means, for the notes that there are. */
function notesOf(calls: readonly CallJson[]): string[] {
  const notes = new Set(calls.flatMap(({ usage_note: note }) => (note === null ? [] : [note])));
  return [...notes].map(
    (note) => `* ${note}: ${isUsageNote(note) ? USAGE_NOTES[note] : 'see the documentation'}`,
  );
}

function isUsageNote(note: string): note is UsageNote {
  return Object.hasOwn(USAGE_NOTES, note);
}

function callRow(call: CallJson): string[] {
  const model = call.model ?? call.requested_model ?? '';
  return [
    `${call.step}#${call.attempt}/${call.turn}`,
    `${call.status}${call.replayed ? ' (stored)' : ''}${call.purpose === 'compaction' ? ' (summary)' : ''}`,
    call.provider === null ? model : `${call.provider}/${model}`,
    figure(call.input_tokens),
    figure(call.cache_read_tokens),
    `${figure(call.output_tokens)}${call.usage_note === null ? '' : ' *'}`,
    call.status === 'running' ? '' : formatCost(call.cost_estimate),
    time(call.first_token_ms),
    time(call.duration_ms),
    call.finish_reason ?? '',
  ];
}

function totalsText(totals: CallTotalsJson): string {
  const unknown = totals.unknown_costs;
  const calls = unknown === 1 ? 'call' : 'calls';
  const more =
    unknown === 0 || totals.cost_estimate === null ? '' : ` and ${unknown} ${calls} of unknown cost`;
  return (
    `${totals.calls} ${totals.calls === 1 ? 'call' : 'calls'}: ${totals.input_tokens} tokens in ` +
    `(${totals.cache_read_tokens} cached), ${totals.output_tokens} out, ${totals.total_tokens} in all; ` +
    `${formatCost(totals.cost_estimate)}${more}`
  );
}

const figure = (value: number | null): string => (value === null ? '' : String(value));
const time = (ms: number | null): string => (ms === null ? '' : formatDuration(ms));
