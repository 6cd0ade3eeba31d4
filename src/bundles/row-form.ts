/** Rows in the form that Postgres gives them in, and in the one form in which two of them can be compared. */
import { jsonText } from '../database/json-text.ts';
import { canonicalJson } from '../plan/canonical.ts';
import { mapBigInts, readJson } from '../plan/exact-json.ts';
import type { Json } from '../plan/json.ts';
import type { Column } from '../tables/column.ts';
import type { Table } from '../tables/table.ts';

export type Row = Readonly<Record<string, unknown>>;

/** What is wrong with a row as one of its table; null: nothing. */
export function rowFault({ columns }: Table, row: Row): string | null {
  const unknown = Object.keys(row).find((name) => !Object.hasOwn(columns, name));
  if (unknown !== undefined) return `has a column "${unknown}", which is not known here`;
  for (const [name, column] of Object.entries<Column>(columns)) {
    if (!Object.hasOwn(row, name)) return `has no column "${name}"`;
    if (!fits(column, row[name])) return `has something else than ${column.type} in "${name}"`;
  }
  return null;
}

function fits({ type, isNullable }: Column, value: unknown): boolean {
  if (type === 'json' || type === 'jsonb') return true;
  if (value === null) return isNullable;
  switch (type) {
    case 'integer':
    case 'bigint':
      return Number.isSafeInteger(value);
    case 'double precision':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'timestamp with time zone':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value));
    case 'ARRAY':
      return Array.isArray(value) && value.every((one) => typeof one === 'string');
    case 'bytea':
      return typeof value === 'string' && /^\\x(?:[0-9a-f]{2})*$/.test(value);
    case 'text':
      return typeof value === 'string';
  }
}

/** What tells the rows of a run apart. */
export const keyOf = ({ name, key }: Table, row: Row): string =>
  `${name} ${key
    .filter((column) => column !== 'run_id')
    .map((column) => String(row[column]))
    .join('/')}`;

/** A row as the fold makes it, in the form of one that Postgres has given back. */
export const asStored = (row: object): Row => readJson<Row>(jsonText(row));

/** Times are one text, numbers of jsonb are what they are near to, and what a row leaves out is null. */
export function comparable({ columns }: Table, row: Row): Row {
  const values = Object.entries<Column>(columns).map(([name, { type }]) => [
    name,
    normal(type, row[name] ?? null),
  ]);
  return Object.fromEntries(values) as Row;
}

function normal(type: Column['type'], value: unknown): unknown {
  if (type === 'timestamp with time zone' && typeof value === 'string') return timeText(value);
  return type === 'jsonb' ? mapBigInts(value, Number) : value;
}

/** Postgres drops zeros at the end of a fraction, and writes the zone otherwise. */
function timeText(text: string): string {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? text : new Date(ms).toISOString();
}

/** Equal for rows that say the same. */
export const rowText = (table: Table, row: Row): string => canonicalJson(comparable(table, row) as Json);
