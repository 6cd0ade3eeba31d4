import { sql, type Statement } from '../../../database/sql.ts';
import type { Layout } from '../../../layout/graph.ts';

/** Keeps a drawing; who was earlier is left alone. */
export const addLayout = (hash: string, layout: Layout): Statement => sql`
  insert into graph_layouts (hash, layout) values (${hash}, ${JSON.stringify(layout)}) on conflict (hash) do nothing`;
