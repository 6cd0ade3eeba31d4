/**
 * A table told once. What is written, read, compared, rebuilt, archived and taken back follows from this: a new column is
 * a migration and a line in its table's file.
 */
import type { Statement } from '../database/sql.ts';
import type { Columns, RowWith } from './column.ts';

/** `replaced`: a row of the same key takes the place of the one that is there; `added`: there is none. */
type Writes = 'replaced' | 'added';

/**
 * What an archive does with the rows of a run. `moved`: they are in its file, and out of the table; `copied`: they are in
 * its file, and stay; `dropped`: they go, and are in no file.
 */
type Archiving = 'moved' | 'copied' | 'dropped';

interface Description<N extends string, C extends Columns, K extends string, W extends Writes> {
  readonly name: N;
  readonly columns: C;
  /** What the table has beside its rows' own: leases, marks. Neither compared nor archived. */
  readonly beside?: Columns;
  /** Tells rows apart. */
  readonly key: readonly K[];
  /** How rows are written. */
  readonly rows: W;
  /** The column that names the run to which a row belongs. */
  readonly run?: keyof C & string;
  /** Which rows belong to a run, where none of their columns names it. */
  readonly ofRun?: (runId: string) => Statement;
  /** Without it archives have nothing to do with the table. */
  readonly archive?: Archiving;
  /** In which order a file has the rows of a run, where the key is not what parents come first by. */
  readonly order?: readonly (keyof C & string)[];
}

/** A table, whatever its rows. */
export interface Table extends Description<string, Columns, string, Writes> {
  readonly beside: Columns;
  readonly order: readonly string[];
}

declare const ROW: unique symbol;

interface TableOf<N extends string, Row> extends Table {
  readonly name: N;
  /** Only in types. */
  readonly [ROW]?: Row;
}

/** A row as the code makes it: members by column. */
export type RowOf<T extends Table> = T extends TableOf<string, infer Row> ? Row : never;

export function table<
  const N extends string,
  const C extends Columns,
  const K extends keyof C & string,
  const W extends Writes,
>(description: Description<N, C, K, W>): TableOf<N, RowWith<C, W extends 'added' ? keyof C : K>> {
  return { beside: {}, order: description.key, ...description };
}

/** References to blobs may stand in its rows. */
export const holdsJson = ({ columns }: Table): boolean =>
  Object.values(columns).some((column) => column.holdsJson);
