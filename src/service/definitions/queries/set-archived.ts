import { sql, type Statement } from '../../../database/sql.ts';

/** Archives or unarchives a workflow; keeps the time when nothing changes. Answers its name, or nothing. */
export const setArchived = (name: string, archived: boolean): Statement => sql`
  update workflows set
    archived_at = case when ${archived}::boolean then coalesce(archived_at, now()) end,
    updated_at = case when (archived_at is not null) = ${archived}::boolean then updated_at else now() end
  where name = ${name} returning name`;
