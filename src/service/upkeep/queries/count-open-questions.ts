import { sql, type Statement } from '../../../database/sql.ts';

/** `{kind, count}` of the questions that wait for people. */
export const countOpenQuestions = (): Statement =>
  sql`select kind, count(*) as count from workflow_questions where status = 'open' group by kind`;
