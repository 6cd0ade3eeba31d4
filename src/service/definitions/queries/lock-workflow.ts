import { sql, type Statement } from '../../../database/sql.ts';

/** `{archived_at}` of a workflow; nobody else publishes it until the transaction ends. */
export const lockWorkflow = (name: string): Statement =>
  sql`select archived_at from workflows where name = ${name} for update`;
