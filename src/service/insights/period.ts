/** A period that is asked for, and how a statement limits itself to it. */
import { sql, type Statement } from '../../database/sql.ts';

export interface Period {
  readonly since: Date;
  readonly until: Date;
  readonly workflow?: string | undefined;
}

/** The period of equal length before. */
export function periodBefore({ since, until, workflow }: Period): Period {
  return { since: new Date(2 * since.getTime() - until.getTime()), until: since, workflow };
}

/** Runs `r` that began in it. */
export const beganIn = ({ since, until, workflow }: Period): Statement => sql`
  r.created_at >= ${since} and r.created_at < ${until}
  and (${workflow ?? null}::text is null or r.workflow = ${workflow ?? null})`;
