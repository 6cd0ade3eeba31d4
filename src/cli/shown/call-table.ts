/** Model calls as a table with their sums. What is not known is left empty and never counted as nothing. */
import { USAGE_NOTES, type UsageNote } from '../../protocol/usage.ts';
import { fitTable, type Column } from '../terminal/fit-table.ts';
import { counted, formatCost, formatDuration } from '../terminal/style.ts';

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
  readonly error?: { readonly type: string; readonly message: string } | null;
  readonly started_at: string;
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
  calls: readonly CallJson[],
  totals: CallTotalsJson,
  { now = Date.now(), width = Infinity }: { readonly now?: number; readonly width?: number } = {},
): string {
  if (calls.length === 0) return 'no model was called';
  const rows = calls.map((call) => callRow(call, now));
  // Rarely is there one to tell of.
  const columns = calls.some(({ error }) => error != null) ? COLUMNS : COLUMNS.slice(0, -1);
  return [fitTable(columns, rows, width), totalsText(totals), ...notesOf(calls)].join('\n');
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

function callRow(call: CallJson, now: number): string[] {
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

function totalsText(totals: CallTotalsJson): string {
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
