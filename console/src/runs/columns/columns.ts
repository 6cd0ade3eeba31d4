/**
 * The columns of the list of runs, and how they stand in addresses and views: `status,id:320,inputs.pr`. Own columns are
 * paths into inputs, output and labels. Pure.
 */
import type { RunNow } from '../../api/generated.ts';

export type SortField = 'created' | 'updated' | 'duration' | 'cost' | 'tokens';

export interface Column {
  readonly id: string;
  /** In pixels. */
  readonly width: number;
}

interface Known {
  readonly title: string;
  readonly width: number;
  readonly sort?: SortField;
  readonly right?: true;
}

export const KNOWN_COLUMNS: Readonly<Record<string, Known>> = {
  status: { title: 'Status', width: 170 },
  id: { title: 'Run', width: 230 },
  workflow: { title: 'Definition', width: 160 },
  version: { title: 'Version', width: 72 },
  progress: { title: 'Steps', width: 90, right: true },
  created: { title: 'Created', width: 92, sort: 'created' },
  duration: { title: 'Duration', width: 96, sort: 'duration', right: true },
  updated: { title: 'Updated', width: 100, sort: 'updated' },
  cost: { title: 'Cost', width: 80, sort: 'cost', right: true },
  tokens: { title: 'Tokens', width: 80, sort: 'tokens', right: true },
  turns: { title: 'Turns', width: 70, right: true },
  by: { title: 'Started by', width: 96 },
  labels: { title: 'Labels', width: 180 },
  error: { title: 'Error', width: 260 },
};

export const USUAL_COLUMNS = 'status,id,version,progress,created,duration,cost,tokens,by,labels';
export const NARROWEST = 56;
export const WIDEST = 900;
const OWN_WIDTH = 140;
const OWN = /^(inputs|output|labels)(\.[^.,:]+)+$/;

export function isOwnColumn(id: string): boolean {
  return OWN.test(id);
}

/** What is no column is left out; without any, the usual ones. */
export function parseColumns(text: string | undefined): readonly Column[] {
  const seen = new Set<string>();
  const columns = (text ?? USUAL_COLUMNS).split(',').flatMap((part) => {
    const [id = '', width] = part.trim().split(':');
    const normal = Object.hasOwn(KNOWN_COLUMNS, id)
      ? KNOWN_COLUMNS[id]?.width
      : isOwnColumn(id)
        ? OWN_WIDTH
        : undefined;
    if (normal === undefined || seen.has(id)) return [];
    seen.add(id);
    return [{ id, width: clamped(Number(width) || normal) }];
  });
  return columns.length > 0 ? columns : parseColumns(USUAL_COLUMNS);
}

export function clamped(width: number): number {
  return Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
}

/** Undefined: the usual ones. */
export function columnsText(columns: readonly Column[]): string | undefined {
  const text = columns.map(({ id, width }) => (width === normalWidth(id) ? id : `${id}:${width}`)).join(',');
  return text === USUAL_COLUMNS ? undefined : text;
}

export function normalWidth(id: string): number {
  return KNOWN_COLUMNS[id]?.width ?? OWN_WIDTH;
}

export function titleOf(id: string): string {
  return KNOWN_COLUMNS[id]?.title ?? id;
}

/** What stands at a path such as `inputs.pr` or `output.scores.0`; undefined: nothing. */
export function valueAt(run: Pick<RunNow, 'inputs' | 'output' | 'labels'>, path: string): unknown {
  const [root, ...names] = path.split('.');
  const start: unknown = root === 'inputs' ? run.inputs : root === 'output' ? run.output : run.labels;
  // Names of labels may hold dots.
  if (root === 'labels') return run.labels[names.join('.')];
  return names.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? (value as Readonly<Record<string, unknown>>)[name]
        : undefined,
    start,
  );
}

/** As a cell shows it: one line. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return (text.length > 300 ? `${text.slice(0, 300)}…` : text).replaceAll(/\s+/g, ' ');
}

/** `-cost` → by cost, the greatest first. Another click turns it round. */
export function nextSort(current: string | undefined, field: SortField): string | undefined {
  const next =
    current === `-${field}` || (current === undefined && field === 'created') ? field : `-${field}`;
  return next === '-created' ? undefined : next;
}
