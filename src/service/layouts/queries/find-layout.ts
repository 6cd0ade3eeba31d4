import { sql, type Statement } from '../../../database/sql.ts';

/** The drawing of a graph of this form (`{layout}`), if it was made. */
export const findLayout = (hash: string): Statement => sql`
  select layout from graph_layouts where hash = ${hash}`;
