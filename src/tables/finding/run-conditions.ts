/** What the words of a filter mean in SQL: conditions on a run `r`. */
import { literally, sql, type Statement } from '../../database/sql.ts';
import type { Moment } from '../../protocol/filter/amounts.ts';
import type { Condition, Pattern } from '../../protocol/filter/run-filter.ts';
import { anyOf, fits, like, wildLike } from './fits.ts';
import { modelFits } from './model-of-call.ts';
import { waitsFor } from './waiting-runs.ts';

/** @param zone in which days and clocks are meant: an IANA name */
export function filterConditions(conditions: readonly Condition[], zone: string): Statement[] {
  return conditions.map((condition) => {
    const meant = meaningOf(condition, zone);
    // What is unknown is neither more nor less than something.
    return condition.negated ? sql`(${meant}) is not true` : meant;
  });
}

function meaningOf(condition: Condition, zone: string): Statement {
  switch (condition.field) {
    case 'status':
      return sql`r.status = any(${condition.any})`;
    case 'waiting':
      return waitsFor(condition.any);
    case 'id':
      return fits(sql`r.id`, condition.any);
    case 'workflow':
      return fits(sql`r.workflow`, condition.any);
    case 'by':
      return fits(sql`(r.metadata->>'started_by')`, condition.any);
    case 'version':
      return anyOf(condition.any.map(versionFits));
    case 'agent':
      return sql`r.id in (select s.run_id from workflow_step_executions s where ${fits(sql`s.agent`, condition.any)})`;
    case 'model':
      return sql`r.id in (select c.run_id from llm_calls c where ${anyOf(condition.any.map(modelFits))})`;
    case 'reason':
      return fits(sql`coalesce(r.error ->> 'type', r.status)`, condition.any);
    case 'failed_step':
      return fits(sql`(r.error ->> 'step')`, condition.any);
    case 'error':
      return anyOf(condition.any.map(({ text }) => sql`r.error_message ilike ${`%${like(text)}%`}`));
    case 'label':
      return labelFits(condition.name, condition.any);
    case 'text':
      return contains(condition.text);
    case 'created':
    case 'ended':
    case 'updated':
      return isThen(TIMES[condition.field], condition.is, condition.moment, zone);
    default:
      return amountFits(condition);
  }
}

const TIMES = {
  created: sql`r.created_at`,
  ended: sql`r.completed_at`,
  updated: sql`r.updated_at`,
} as const;

function versionFits({ text, wild }: Pattern): Statement {
  if (wild) return sql`r.version like ${wildLike(text)}`;
  return sql`(r.version = ${text} or r.version like ${`${like(text)}.%`})`;
}

function labelFits(name: string, any: readonly Pattern[]): Statement {
  if (any.length === 0) return sql`r.labels ? ${name}`;
  return anyOf(
    any.map(({ text, wild }) =>
      wild
        ? sql`r.labels->>${name}::text like ${wildLike(text)}`
        : sql`r.labels @> ${JSON.stringify({ [name]: text })}::jsonb`,
    ),
  );
}

/** In what is told of a run in a list. Results are not searched: they may be large. */
function contains(text: string): Statement {
  const pattern = `%${like(text)}%`;
  return sql`(r.id ilike ${pattern} or r.workflow ilike ${pattern} or r.error_message ilike ${pattern}
    or r.labels::text ilike ${pattern})`;
}

function isThen(column: Statement, is: 'before' | 'after' | 'on', moment: Moment, zone: string): Statement {
  const at = instantOf(moment, zone);
  if (is === 'before') return sql`${column} < ${at}`;
  if (is === 'after') return sql`${column} >= ${at}`;
  return sql`(${column} >= ${at} and ${column} < ${nextDay(moment, zone)})`;
}

function instantOf(moment: Moment, zone: string): Statement {
  if ('agoMs' in moment) return sql`(now() - ${moment.agoMs}::float8 * interval '1 ms')`;
  if ('instant' in moment) return sql`${moment.instant}::timestamptz`;
  return sql`(${clockOf(moment, zone)} at time zone ${zone})`;
}

function nextDay(moment: Moment, zone: string): Statement {
  return sql`((${clockOf(moment, zone)} + interval '1 day') at time zone ${zone})`;
}

function clockOf(moment: Moment, zone: string): Statement {
  if ('clock' in moment) return sql`${moment.clock}::timestamp`;
  const days = 'daysAgo' in moment ? moment.daysAgo : 0;
  return sql`(date_trunc('day', now() at time zone ${zone}) - ${days}::integer * interval '1 day')`;
}

type Amount = Extract<Condition, { readonly amount: number | null }>;

function amountFits({ field, operator, amount }: Amount): Statement {
  if (amount === null) return sql`r.cost_estimate is null`;
  const compare = literally(operator === ':' ? '=' : operator);
  switch (field) {
    case 'duration':
      return sql`coalesce(r.duration_seconds, extract(epoch from now() - r.started_at)) ${compare} ${amount}::float8`;
    case 'cost':
      return sql`r.cost_estimate ${compare} ${amount}::float8`;
    case 'tokens':
      return sql`r.total_tokens ${compare} ${amount}::float8`;
    case 'turns':
      return sql`r.turns ${compare} ${amount}::float8`;
    default:
      return attemptsFit(operator, compare, amount);
  }
}

/** Most steps need one try: those that needed more have an index of their own. */
function attemptsFit(operator: Amount['operator'], compare: Statement, amount: number): Statement {
  const repeated = operator.startsWith('>') && amount >= (operator === '>' ? 1 : 2);
  return sql`r.id in (select s.run_id from workflow_step_executions s
    where s.attempt ${compare} ${amount}::float8 ${repeated ? sql`and s.attempt > 1` : literally('')})`;
}
