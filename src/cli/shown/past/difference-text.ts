/**
 * What differs between two runs, in words: both in a line each, then from the first difference on. Pure.
 */
import type { RunDifference } from '../../../contract/runs/difference.ts';
import { valueText } from '../../terminal/output.ts';
import { counted, formatCost, formatDuration, type Paint } from '../../terminal/style.ts';
import { fitTable } from '../../terminal/fit-table.ts';
import { hang, widthFor } from '../../terminal/text-width.ts';

type Side = RunDifference['a'];
type StepDifference = RunDifference['steps'][number];
type StepSide = NonNullable<StepDifference['a']>;

/** Cells of a line where no terminal says how many it has. */
const USUAL_WIDTH = 80;
/** Of a value so much is shown. */
const MOST_CHARS = 400;
const NAMES_A_LINE = 8;

export function differenceText(
  difference: RunDifference,
  paint: Paint,
  width = Math.min(widthFor(process.stdout), USUAL_WIDTH * 2),
): string {
  const { a, b, steps, inputs, output, first_difference: first } = difference;
  const room = Number.isFinite(width) ? width : USUAL_WIDTH;
  const from = first?.what === 'step' ? steps.findIndex(({ key }) => key === first.step) : 0;
  const shown = steps.slice(from);
  const different = shown.filter(({ differs }) => differs.length > 0);
  const blocks = [
    heads(a, b, room),
    first === null ? 'the same, whatever they took' : '',
    inputs.map((input) => pair(`input ${input.name}`, input.a, input.b, room, paint)).join('\n'),
    sameLine(steps.slice(0, from), 'the same before'),
    ...different.map((step) => stepText(step, room, paint)),
    sameLine(
      shown.filter(({ differs }) => differs.length === 0),
      from > 0 || different.length > 0 ? 'the same besides' : 'the same steps',
    ),
    output.differs ? pair('output of the run', output.a, output.b, room, paint) : '',
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

function heads(a: Side, b: Side, width: number): string {
  const row = (name: string, side: Side) => [
    name,
    side.seq === null ? side.run : `${side.run}@${side.seq}`,
    side.status,
    String(side.total_tokens),
    formatCost(side.cost_estimate),
    time(side.duration_seconds),
    side.revision === 0 ? (side.version ?? '') : `${side.version ?? ''} r${side.revision}`,
  ];
  const columns = [
    { head: '' },
    { head: 'RUN' },
    { head: 'STATUS' },
    { head: 'TOKENS', side: 'right' as const },
    { head: 'COST', side: 'right' as const },
    { head: 'TIME', side: 'right' as const },
    { head: 'VERSION', drop: 1 },
  ];
  return fitTable(columns, [row('a', a), row('b', b)], width);
}

const time = (seconds: number | null): string => (seconds === null ? '-' : formatDuration(seconds * 1000));

function sameLine(steps: readonly StepDifference[], what: string): string {
  if (steps.length === 0) return '';
  const names = steps.slice(0, NAMES_A_LINE).map(({ key }) => key);
  const more = steps.length > NAMES_A_LINE ? `, … (${steps.length})` : '';
  return `${what}: ${names.join(', ')}${more}`;
}

function stepText({ key, differs, a, b }: StepDifference, width: number, paint: Paint): string {
  const head = `${paint('bold', key)}  ${differs.map((what) => (what === 'presence' ? 'only in one' : what)).join(', ')}`;
  const lines = [head, sideLine('a', a), sideLine('b', b)];
  const shows = (what: StepDifference['differs'][number]) =>
    differs.includes(what) || differs.includes('presence');
  if (shows('prompt') && (a?.prompt ?? b?.prompt ?? null) !== null)
    lines.push(pair('  prompt', a?.prompt ?? null, b?.prompt ?? null, width, paint));
  if (shows('error') && (a?.error ?? b?.error ?? null) !== null)
    lines.push(pair('  error', a?.error ?? null, b?.error ?? null, width, paint));
  if (shows('output')) lines.push(pair('  output', outputOf(a), outputOf(b), width, paint));
  return lines.join('\n');
}

function sideLine(name: string, side: StepSide | null): string {
  if (side === null) return `  ${name}  -`;
  const {
    status,
    ran,
    reason,
    model,
    total_tokens: tokens,
    cost_estimate: cost,
    duration_seconds: seconds,
  } = side;
  const how = ran === false && status === 'completed' ? `${status}, not run here` : status;
  const used = tokens === 0 ? [] : [counted(tokens, 'token'), formatCost(cost)];
  const parts = [
    reason === null ? how : `${how} (${reason})`,
    ...(model === null ? [] : [model]),
    ...used,
    time(seconds),
  ];
  return `  ${name}  ${parts.join('  ')}`;
}

/** A value that is stored elsewhere shows its beginning. */
function outputOf(side: StepSide | null): unknown {
  if (side === null) return null;
  const { output, output_preview: preview } = side;
  const isStored = typeof output === 'object' && output !== null && '$blob' in output;
  return isStored && preview !== null && preview !== '' ? preview : output;
}

function pair(what: string, a: unknown, b: unknown, width: number, paint: Paint): string {
  const indent = /^ */.exec(what)?.[0] ?? '';
  const line = (name: string, sign: string, value: unknown) =>
    hang(`${indent}  ${sign} ${name}  `, shortText(value), width);
  return [what, paint('red', line('a', '-', a)), paint('green', line('b', '+', b))].join('\n');
}

function shortText(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  const text = valueText(value);
  return text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text;
}
