import { joined, sql, type Statement } from '../../database/sql.ts';
import type { Pattern } from '../../protocol/filter/run-filter.ts';

/** Whether any of the conditions holds. */
export function anyOf(conditions: readonly Statement[]): Statement {
  return sql`(${joined(conditions, ' or ')})`;
}

/** Whether a text is one of these. Exact texts go together, so that an index helps; a star stands for anything. */
export function fits(column: Statement, any: readonly Pattern[]): Statement {
  const exact = any.filter(({ wild }) => !wild).map(({ text }) => text);
  const wild = any.filter((pattern) => pattern.wild).map(({ text }) => sql`${column} like ${wildLike(text)}`);
  return anyOf([...(exact.length === 0 ? [] : [sql`${column} = any(${exact})`]), ...wild]);
}

/** What a text is to `like` when it means itself. */
export const like = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`);

export const wildLike = (text: string): string => text.split('*').map(like).join('%');
