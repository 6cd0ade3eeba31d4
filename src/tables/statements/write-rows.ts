import { literally, sql, type Statement } from '../../database/sql.ts';
import { jsonText } from '../../database/json-text.ts';
import type { RowOf, Table } from '../table.ts';
import { namesOf } from './columns-of.ts';

/**
 * Writes rows as the table says: adds them, or replaces those of the same key. `condition` may speak of a row as `r`; what
 * it refuses is not written. The text is the same for any number of rows.
 */
export function writeRows<T extends Table>(table: T, rows: readonly RowOf<T>[], condition = TRUE): Statement {
  const { insert, ending } = wordsOf(table);
  return sql`${insert}${jsonText(rows)}::json) r where ${condition}${ending}`;
}

const TRUE = literally('true');

/** What is the same of each statement on a table: a page is written some hundred times a second. */
interface Words {
  readonly insert: Statement;
  readonly ending: Statement;
}
const WORDS = new WeakMap<Table, Words>();

function wordsOf(table: Table): Words {
  const known = WORDS.get(table);
  if (known !== undefined) return known;
  const columns = namesOf(table).join(', ');
  const insert = `
  insert into ${table.name} (${columns})
  select ${columns} from json_populate_recordset(null::${table.name}, `;
  const words = {
    insert: literally(insert),
    ending: literally(table.rows === 'added' ? '' : onConflict(table)),
  };
  WORDS.set(table, words);
  return words;
}

function onConflict(table: Table): string {
  const assignments = namesOf(table).flatMap((name) => assignment(table, name));
  return `
  on conflict (${table.key.join(', ')}) do update set ${assignments.join(', ')}`;
}

function assignment({ name: table, key, columns }: Table, name: string): readonly string[] {
  const rule = columns[name]?.onConflict;
  if (key.includes(name) || rule === 'keep') return [];
  return [
    rule === 'lower' ? `${name} = least(${table}.${name}, excluded.${name})` : `${name} = excluded.${name}`,
  ];
}
