import { sql } from '../../database/sql.ts';

/** An assignment `a` for readers; its times are in Postgres' form. */
export const assignmentJson = sql`
  jsonb_build_object('id', a.id, 'run', a.run_id, 'step', a.step, 'attempt', a.attempt, 'status', a.status,
    'node', a.node, 'why', coalesce(a.missing, a.why), 'progress', a.progress, 'late_answers', a.late_answers,
    'created_at', a.created_at, 'started_at', a.started_at, 'ended_at', a.ended_at)`;
