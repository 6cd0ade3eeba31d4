/** The figures of a run and of its steps against the sums over the rows of their model calls. */
import type { Difference } from './table-difference.ts';
import type { ProjectedTableName } from '../../tables/projected/index.ts';

type Row = Readonly<Record<string, unknown>>;

const STEP_SUMS = ['input_tokens', 'output_tokens', 'total_tokens'] as const;
const RUN_SUMS = [...STEP_SUMS, 'cache_read_tokens', 'cache_write_tokens', 'reasoning_tokens'] as const;

/** @param rows of one run, as they stand in the tables */
export function compareSums(
  rows: readonly { readonly table: ProjectedTableName; readonly row: Row }[],
): readonly Difference[] {
  const of = (table: ProjectedTableName) => rows.filter((one) => one.table === table).map(({ row }) => row);
  const calls = of('llm_calls');
  const runs = of('workflow_runs').flatMap((run) =>
    compare('workflow_runs', String(run['id']), run, sumsOf(calls, RUN_SUMS)),
  );
  const steps = of('workflow_step_executions').flatMap((step) => {
    const own = calls.filter((call) => call['step'] === step['address']);
    return compare('workflow_step_executions', String(step['address']), step, sumsOf(own, STEP_SUMS));
  });
  return [...runs, ...steps];
}

/** Calls without figures are not known to have consumed anything; a call with figures and no price has no sum. */
function sumsOf(calls: readonly Row[], columns: readonly string[]): Row {
  const consumed = calls.filter((call) => call['total_tokens'] !== null);
  const sum = (column: string) => consumed.reduce((total, call) => total + Number(call[column]), 0);
  const isPriced = consumed.every((call) => call['cost_estimate'] !== null);
  return {
    turns: consumed.length,
    ...Object.fromEntries(columns.map((column) => [column, sum(column)])),
    cost_estimate: isPriced ? sum('cost_estimate') : null,
  };
}

function compare(table: ProjectedTableName, key: string, row: Row, sums: Row): Difference[] {
  return Object.entries(sums).flatMap(([column, expected]) => {
    const found = row[column];
    const at = `$.${column} (sum over llm_calls)`;
    return found === expected ? [] : [{ table, row: `${table} ${key}`, at, expected, found }];
  });
}
