import { sql, type Statement } from '../../../database/sql.ts';

/** `{head, text}`: what models said in some entries of transcripts, at most `chars` of it. */
export const listAnswerTexts = (heads: readonly string[], chars: number): Statement => sql`
  select hash as head, left(content->>'text', ${chars}::int) as text from session_messages
  where hash = any(${heads}) and role = 'assistant'`;
