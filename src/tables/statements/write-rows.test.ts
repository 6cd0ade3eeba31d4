import { expect, test } from 'vitest';
import { sql } from '../../database/sql.ts';
import { bigint, fixed, integer, lowest, nullable, text } from '../column.ts';
import { table } from '../table.ts';
import { addBinaryRows } from './add-binary-rows.ts';
import { writeRows } from './write-rows.ts';

const columns = {
  run: text(),
  seq: bigint(),
  said: fixed(nullable(text())),
  state: text(),
  version: lowest(integer()),
};
const things = table({ name: 'things', key: ['run', 'seq'], rows: 'replaced', columns });
const log = table({ name: 'log', key: ['run', 'seq'], rows: 'added', columns });
const row = { run: 'r', seq: 1, said: null, state: 'open', version: 2 };
const words = (statement: string) => statement.replaceAll(/\s+/g, ' ').trim();

test('a row takes the place of the one of its key, but for what is fixed', () => {
  const { text: statement, values } = writeRows(things, [row]);
  expect(words(statement)).toBe(
    'insert into things (run, seq, said, state, version) select run, seq, said, state, version ' +
      'from json_populate_recordset(null::things, $1::json) r where true on conflict (run, seq) do update set ' +
      'state = excluded.state, version = least(things.version, excluded.version)',
  );
  expect(values).toEqual([JSON.stringify([row])]);
});

test('rows that are added meet none, and a condition lets through what belongs there', () => {
  const { text: statement, values } = writeRows(log, [], sql`r.run = any(${['a']}) and r.seq > ${3}`);
  expect(words(statement)).toMatch(/ r where r\.run = any\(\$2\) and r\.seq > \$3$/);
  expect(values).toEqual(['[]', ['a'], 3]);
});

test('of binary rows each column is a list', () => {
  const { text: statement, values } = addBinaryRows(log, [row, { ...row, seq: 2 }], sql`r.seq < ${9}`);
  expect(words(statement)).toBe(
    'insert into log (run, seq, said, state, version) select r.* ' +
      'from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::integer[]) ' +
      'as r (run, seq, said, state, version) where r.seq < $6',
  );
  expect(values).toEqual([['r', 'r'], [1, 2], [null, null], ['open', 'open'], [2, 2], 9]);
});
