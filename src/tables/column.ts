/**
 * The columns of a table, as data: what Postgres keeps in them, and in types what a row has there. Times are ISO texts in
 * UTC, as rows carry them.
 */
import type { Json } from '../plan/json.ts';

/** As Postgres names its types in `information_schema`. */
type ColumnType =
  | 'text'
  | 'integer'
  | 'bigint'
  | 'double precision'
  | 'boolean'
  | 'timestamp with time zone'
  | 'json'
  | 'jsonb'
  | 'ARRAY'
  | 'bytea';

/**
 * What becomes of the column when a row of the same key is there already. `keep`: it never changes; `lower`: of both
 * values the lower one stands.
 */
type OnConflict = 'replace' | 'keep' | 'lower';

declare const VALUE: unique symbol;

export interface Column<T = unknown> {
  readonly type: ColumnType;
  /** In the table; rows that are written now may know better ({@link later}). */
  readonly isNullable: boolean;
  /** References to blobs may stand in it. */
  readonly holdsJson: boolean;
  readonly onConflict: OnConflict;
  /** Only in types. */
  readonly [VALUE]?: T;
}

/** A column that is written once, with its row. */
interface FixedColumn<T> extends Column<T> {
  readonly onConflict: 'keep';
}

export type Columns = Readonly<Record<string, Column>>;

type ValueOf<C> = C extends Column<infer T> ? T : never;

/** The members of a row with these columns; those in `Fixed` never change, nor do columns that are {@link fixed}. */
export type RowWith<C extends Columns, Fixed = never> = Members<
  {
    readonly [Name in keyof C as Name extends FixedIn<C, Fixed> ? Name : never]: ValueOf<C[Name]>;
  } & {
    -readonly [Name in keyof C as Name extends FixedIn<C, Fixed> ? never : Name]: ValueOf<C[Name]>;
  }
>;
type FixedIn<C extends Columns, Fixed> =
  | Fixed
  | { [Name in keyof C]: C[Name] extends FixedColumn<unknown> ? Name : never }[keyof C];
type Members<T> = { [Name in keyof T]: T[Name] };

const column = <T>(type: ColumnType, holdsJson = false): Column<T> => ({
  type,
  isNullable: false,
  holdsJson,
  onConflict: 'replace',
});

export const text = <T extends string = string>(): Column<T> => column('text');
export const integer = <T extends number = number>(): Column<T> => column('integer');
/** Whole numbers that stay below 2^53. */
export const bigint = (): Column<number> => column('bigint');
export const float = (): Column<number> => column('double precision');
export const boolean = (): Column<boolean> => column('boolean');
export const time = (): Column<string> => column('timestamp with time zone');
/** The members of maps stay in the order in which they were written. */
export const json = <T = Json>(): Column<NoInfer<T>> => column('json', true);
/** For what is searched in: Postgres sorts the members of maps. */
export const jsonb = <T = Json>(): Column<NoInfer<T>> => column('jsonb', true);
/** JSON that only passes through. */
export const jsonText = (): Column<string> => column('text', true);
export const texts = (): Column<readonly string[]> => column('ARRAY');
export const bytes = (): Column<Uint8Array> => column('bytea', true);

export const nullable = <T>(of: Column<T>): Column<T | null> =>
  ({ ...of, isNullable: true }) as Column<T | null>;

/** Rows that were written before there was the column have null there; whoever writes a row has a value. */
export const later = <T>(of: Column<T>): Column<T> => ({ ...of, isNullable: true });

/** Written once, with its row. */
export const fixed = <T>(of: Column<T>): FixedColumn<T> => ({ ...of, onConflict: 'keep' });

/** Of the value that is there and the one that is written the lower stands. */
export const lowest = (of: Column<number>): Column<number> => ({ ...of, onConflict: 'lower' });
