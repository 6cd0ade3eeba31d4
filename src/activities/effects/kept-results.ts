/**
 * Statements on `kept_results`: what effects brought, and which of them somebody is at.
 *
 * Rows go an hour after their run has ended, and after thirty days in any case.
 */
import { sql, type Statement } from '../../database/sql.ts';
import type { Outcome } from './outcome.ts';
import { writeJson } from '../../plan/exact-json.ts';

/** Names one effect: the key is the same for every repetition, the hash for the same work only. */
export interface EffectName {
  readonly key: string;
  readonly inputHash: string;
  readonly runId: string;
}

/** Whoever has not said so for so long is not at it any more, in seconds. */
const STALE_SECONDS = 12;

/** What there is: `{outcome, alive}`, or nothing. */
export const findKept = ({ key, inputHash }: EffectName): Statement => sql`
  select outcome, beat_at > now() - make_interval(secs => ${STALE_SECONDS}::int) as alive
  from kept_results where key = ${key} and input_hash = ${inputHash}`;

/** Takes the effect on, if nobody has: `{first, outcome, alive}`, the last two of whoever had. */
export const claimEffect = ({ key, inputHash, runId }: EffectName): Statement => sql`
  with claimed as (
    insert into kept_results (key, input_hash, run_id) values (${key}, ${inputHash}, ${runId})
    on conflict do nothing returning key)
  select exists (select from claimed) as first, k.outcome,
    k.beat_at > now() - make_interval(secs => ${STALE_SECONDS}::int) as alive
  from (select) as one left join kept_results k on k.key = ${key} and k.input_hash = ${inputHash}`;

/** It was cut short: nobody is at it, and nobody knows what it has done. */
export const leaveEffect = ({ key, inputHash }: EffectName): Statement => sql`
  update kept_results set beat_at = 'epoch' where key = ${key} and input_hash = ${inputHash} and outcome is null`;

/** Says that somebody is at it; answers `{closed}`: the run has ended meanwhile. */
export const beatEffect = ({ key, inputHash, runId }: EffectName): Statement => sql`
  with beat as (
    insert into kept_results (key, input_hash, run_id) values (${key}, ${inputHash}, ${runId})
    on conflict (key, input_hash) do update set beat_at = now())
  select exists (
    select from workflow_runs where id = ${runId} and status not in ('pending', 'running', 'paused')) as closed`;

export const keepOutcome = ({ key, inputHash, runId }: EffectName, outcome: Outcome): Statement => sql`
  insert into kept_results (key, input_hash, run_id, outcome)
  values (${key}, ${inputHash}, ${runId}, ${writeJson(outcome)}::json)
  on conflict (key, input_hash) do update set outcome = excluded.outcome, kept_at = now()`;

/** Nobody is at it, and nothing came of it: the next one may begin at once. */
export const forgetEffect = ({ key, inputHash }: EffectName): Statement => sql`
  delete from kept_results where key = ${key} and input_hash = ${inputHash} and outcome is null`;

/** Removes what nobody will ask for. */
export const sweepKept = (): Statement => sql`
  delete from kept_results k where k.kept_at < now() - interval '1 hour' and (
    k.kept_at < now() - interval '30 days' or exists (
      select from workflow_runs r where r.id = k.run_id and r.status not in ('pending', 'running', 'paused')))`;
