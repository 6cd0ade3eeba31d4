import { sql, type Statement } from '../../../database/sql.ts';

/** `{table, rows, bytes}` of every table in the database's own schema; rows are Postgres' estimate. */
export const listTableSizes = (): Statement => sql`
  select c.relname as table, greatest(c.reltuples, 0)::bigint as rows, pg_total_relation_size(c.oid) as bytes
  from pg_class c where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace`;
