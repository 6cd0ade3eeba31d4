import { sql, type Statement } from '../../../database/sql.ts';

/** `{name}` of each webhook that a definition can name. */
export const listReceiverNames: Statement = sql`select name from webhooks where name is not null order by name`;
