/** Model calls as a table with their sums. What is not known is left empty and never counted as nothing. */
import type { CallTotals, ModelCall } from '../../contract/call.ts';
import { USAGE_NOTES, type UsageNote } from '../../protocol/usage.ts';
import { fitTable, type Column } from '../terminal/fit-table.ts';
import { counted, formatCost, formatDuration } from '../terminal/style.ts';

const COLUMNS: readonly Column[] = [
  { head: 'CALL' },
  { head: 'STATUS' },
  { head: 'MODEL' },
  { head: 'IN', side: 'right' },
  { head: 'CACHED', side: 'right', drop: 3 },
  { head: 'OUT', side: 'right' },
  { head: 'COST', side: 'right' },
  { head: 'FIRST', side: 'right', drop: 2 },
  { head: 'TIME', side: 'right' },
  { head: 'ENDED', drop: 1 },
  { head: 'ERROR' },
];

/** @param width of a line; @param now a call under way has lasted until then */
export function callsText(
  calls: readonly ModelCall[],
  totals: CallTotals,
  { now = Date.now(), width = Infinity }: { readonly now?: number; readonly width?: number } = {},
): string {
  if (calls.length === 0) return 'no model was called';
  const rows = calls.map((call) => callRow(call, now));
  // Rarely is there one to tell of.
  const columns = calls.some(({ error }) => error != null) ? COLUMNS : COLUMNS.slice(0, -1);
  return [fitTable(columns, rows, width), totalsText(totals), ...notesOf(calls)].join('\n');
}

/** What `*` beside a figure means, for the notes that there are. */
function notesOf(calls: readonly ModelCall[]): string[] {
  const notes = new Set(calls.flatMap(({ usage_note: note }) => (note === null ? [] : [note])));
  return [...notes].map(
    (note) => `* ${note}: ${isUsageNote(note) ? USAGE_NOTES[note] : 'see the documentation'}`,
  );
}

function isUsageNote(note: string): note is UsageNote {
  return Object.hasOwn(USAGE_NOTES, note);
}

function callRow(call: ModelCall, now: number): string[] {
  const model = call.model ?? call.requested_model ?? '';
  return [
    `${call.step}#${call.attempt}/${call.turn}`,
    `${call.status}${call.replayed ? ' (stored)' : ''}${call.purpose === 'compaction' ? ' (summary)' : ''}`,
    call.provider === null ? model : `${call.provider}/${model}`,
    figure(call.input_tokens),
    figure(call.cache_read_tokens),
    `${figure(call.output_tokens)}${call.usage_note === null ? '' : ' *'}`,
    call.status === 'running' ? '' : call.cost_estimate === null ? 'unknown' : formatCost(call.cost_estimate),
    time(call.first_token_ms),
    call.status === 'running' ? time(now - Date.parse(call.started_at)) : time(call.duration_ms),
    call.finish_reason ?? '',
    call.error == null ? '' : `${call.error.type}: ${call.error.message.split('\n')[0] ?? ''}`,
  ];
}

function totalsText(totals: CallTotals): string {
  const unknown = totals.unknown_costs;
  const more =
    unknown === 0 || totals.cost_estimate === null ? '' : ` and ${counted(unknown, 'call')} of unknown cost`;
  return (
    `${counted(totals.calls, 'call')}: ${totals.input_tokens} tokens in ` +
    `(${totals.cache_read_tokens} cached), ${totals.output_tokens} out, ${totals.total_tokens} in all; ` +
    `${formatCost(totals.cost_estimate)}${more}`
  );
}

const figure = (value: number | null): string => (value === null ? '' : String(value));
const time = (ms: number | null): string => (ms === null ? '' : formatDuration(ms));
