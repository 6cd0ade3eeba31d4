import { sql, type Statement } from '../../../database/sql.ts';
import { regExpOf } from '../../../plan/address.ts';

/** That a row is of a step, or of what stands inside it. @param pattern as {@link isWithin} takes it */
export const stepWithin = (pattern: string, column: Statement = sql`step`): Statement =>
  sql`(${column} = ${pattern} or ${column} ~ ${regExpOf(pattern)})`;
