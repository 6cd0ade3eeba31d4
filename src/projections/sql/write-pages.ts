import { sql, type Statement } from '../../database/sql.ts';
import type { PageWrite } from '../page-write.ts';
import { deleteProcesses } from './delete-processes.ts';
import { insertCheckpoints } from './insert-checkpoints.ts';
import { insertEvents } from './insert-events.ts';
import { insertHistoryEvents } from './insert-history-events.ts';
import { upsertMessages } from './upsert-messages.ts';
import { moveCursors } from './move-cursors.ts';
import { registerExecutions } from './register-executions.ts';
import { upsertAttempts } from './upsert-attempts.ts';
import { upsertCalls } from './upsert-calls.ts';
import { upsertQuestions } from './upsert-questions.ts';
import { upsertRuns } from './upsert-runs.ts';
import { upsertSteps } from './upsert-steps.ts';

/**
 * Writes pages of different runs, and all that belongs to them, in one statement: so each is written whole or not at
 * all, at the price of one round trip. Nothing is written for a page whose cursor did not move. Answers `execution_id`
 * of the pages that were written, and tells listeners (`baton_run`) of runs whose rows have changed.
 */
export function writePages(pages: readonly PageWrite[], owner: string): Statement {
  const all = <T>(rowsOf: (page: PageWrite) => readonly T[]): readonly T[] => pages.flatMap(rowsOf);
  const moved = sql`r.run_id in (select run_id from moved)`;
  const ended = all((page) => page.ended);
  const changed = pages.filter(({ changes }) => changes.run !== null).map(({ runId }) => runId);
  return sql`
    with moved as (${moveCursors(pages, owner)}),
    raw as (${insertHistoryEvents(pages, sql`r.execution_id in (select execution_id from moved)`)}),
    successors as (${registerExecutions(
      all(({ successor }) => (successor === null ? [] : [successor])),
      moved,
    )}),
    children as (${registerExecutions(all(({ children }) => children))}),
    runs as (${upsertRuns(
      all(({ changes }) => (changes.run === null ? [] : [changes.run])),
      sql`r.id in (select run_id from moved)`,
    )}),
    steps as (${upsertSteps(
      all(({ changes }) => changes.steps),
      moved,
    )}),
    attempts as (${upsertAttempts(
      all(({ changes }) => changes.attempts),
      moved,
    )}),
    calls as (${upsertCalls(
      all(({ changes }) => changes.calls),
      moved,
    )}),
    questions as (${upsertQuestions(
      all(({ changes }) => changes.questions),
      moved,
    )}),
    checkpoints as (${insertCheckpoints(
      all(({ changes }) => changes.checkpoints),
      moved,
    )}),
    events as (${insertEvents(
      all(({ changes }) => changes.events),
      moved,
    )}),
    messages as (${upsertMessages(
      all(({ changes }) => changes.messages),
      moved,
    )}),
    forgotten as (${deleteProcesses(
      ended.map(({ runId }) => runId),
      ended.map(({ activityId }) => activityId),
    )})
    select m.execution_id, told.at from moved m
    left join lateral (select pg_notify('baton_run', m.run_id) as at where m.run_id = any(${changed})) told on true`;
}
