import { allOf, sql, type Statement } from '../../../database/sql.ts';

/** Which part of a list by `seq` is wanted, and from which end. */
export interface SeqRange {
  /** Only what has a greater seq. */
  readonly after: number;
  /** Only what has a smaller seq. */
  readonly before?: number | undefined;
  /** Default: `asc`. */
  readonly order?: 'asc' | 'desc' | undefined;
}

export const seqWithin = ({ after, before }: SeqRange): Statement =>
  allOf([sql`seq > ${after}`, ...(before === undefined ? [] : [sql`seq < ${before}`])]);

/** After `order by`. */
export const seqOrder = ({ order }: SeqRange): Statement => (order === 'desc' ? sql`seq desc` : sql`seq`);
