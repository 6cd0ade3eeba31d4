/**
 * Checks a bundle by itself: no stack, no database, no network. That it is whole and nobody has changed it (chain and
 * signature), that its rows are what they are named, and that the rows of the run are what its events fold to, as `baton
 * verify` does of a run that is here. Never throws for what stands in the file: that is what the report tells.
 */
import type { ArchivedRow } from '../maintenance/index.ts';
import { messageOf } from '../errors/errors.ts';
import { readJson } from '../plan/exact-json.ts';
import { difference } from '../projections/index.ts';
import { isProjected } from '../tables/projected/index.ts';
import { ROWS_VERSION } from '../tables/rows-version.ts';
import { workflowRuns } from '../tables/projected/workflow-runs.ts';
import { executions } from '../tables/stored/executions.ts';
import type { Table } from '../tables/table.ts';
import { BUNDLED } from './bundled-tables.ts';
import { FORMAT, signedText, type BundleHead, type BundleManifest } from './bundle-form.ts';
import { FoldCheck } from './check-fold.ts';
import { RowCheck, type SoundRow } from './check-rows.ts';
import { Faults, type Fault } from './faults.ts';
import { isWholeHead, readBundle, type BundleLine } from './read-bundle.ts';
import { comparable, keyOf, type Row } from './row-form.ts';
import { hasSigned, publicKeyOfRaw, type PublicKey } from './signing-key.ts';

export interface BundleReport {
  /** Nothing is wrong with it, and history shows what the core decides. */
  readonly ok: boolean;
  readonly run_id: string | null;
  /** What the head says; null where there is none. */
  readonly format: number | null;
  readonly baton: string | null;
  readonly interpreter: number | null;
  readonly created_at: string | null;
  /** Who signed it; null where nobody has. `pinned`: it is the key that was asked for. */
  readonly key: { readonly fingerprint: string; readonly pinned: boolean } | null;
  /** The last hash of the chain: it tells the bundle from every other. */
  readonly chain: string | null;
  readonly lines: number;
  readonly rows: Readonly<Record<string, number>>;
  /** Whether the rows were compared with the fold: not where another version of Baton has made them. */
  readonly compared: boolean;
  /** Where history differs from what the core decides, or null. */
  readonly diverged: unknown;
  /** Blobs that were not stored any more where the bundle was written. */
  readonly absent_blobs: readonly string[];
  /** Number of all faults; `faults` lists the first hundred. */
  readonly faulty: number;
  readonly faults: readonly Fault[];
}

/** The key that a bundle has to be signed with, by its fingerprint; none: any. */
export interface Pin {
  readonly fingerprint: string;
}

export async function checkBundle(file: string, pin?: Pin): Promise<BundleReport> {
  const check = new BundleCheck();
  await check.read(file);
  check.end(pin);
  await check.tellDifferences(file);
  return check.report(pin);
}

/** Far beyond any run; of each row its key is known until the end. */
const MAX_LINES = 3_000_000;
/** Rows of the bundle that the fold has otherwise; more are only counted. */
const MAX_SHOWN = 20;

interface Differing {
  readonly table: Table;
  readonly row: Row;
  readonly line: number;
}

class BundleCheck {
  readonly #faults = new Faults();
  #head: BundleHead | undefined;
  #key: PublicKey | undefined;
  #rows: RowCheck | undefined;
  #fold: FoldCheck | undefined;
  /** Comes before the events that it is folded from. */
  #run: (SoundRow & { readonly line: number }) | undefined;
  #manifest: BundleManifest | undefined;
  #signature: string | undefined;
  #chain: string | null = null;
  #lines = 0;
  /** Rows by table. */
  readonly #counts: Record<string, number> = {};
  /** It ends before its end: what is missing there is told by that. */
  #isCut = false;
  readonly #differing = new Map<string, Differing>();

  async read(file: string): Promise<void> {
    try {
      for await (const line of readBundle(file)) {
        this.#lines = line.number;
        if (line.number > MAX_LINES) throw new Error(`it has more than ${MAX_LINES} lines`);
        this.#take(line);
        if (this.#head === undefined) return;
      }
    } catch (error) {
      this.#isCut = true;
      this.#fault(
        'bundle_unreadable',
        null,
        `after line ${this.#lines}`,
        `cannot be read on: ${messageOf(error)}`,
      );
    }
  }

  #take(line: BundleLine): void {
    if (line.number === 1) return this.#begin(line);
    const { number, entry } = line;
    const where = whereOf(line);
    if (entry.kind === 'row') this.#counts[entry.row.table] = (this.#counts[entry.row.table] ?? 0) + 1;
    if (this.#signature !== undefined)
      return this.#fault('line_invalid', number, where, 'stands after the signature');
    if (entry.kind === 'signature') {
      this.#signature = entry.signature;
      return;
    }
    if (!line.holds) {
      // Whatever is wrong with the rows, it follows from this.
      this.#damaged();
      this.#rows = undefined;
      return this.#fault('line_changed', number, where, 'it, or the hash before it, is not what was written');
    }
    if (this.#manifest !== undefined || entry.kind === 'nothing' || entry.kind === 'head')
      return this.#fault('line_invalid', number, where, 'nothing of this kind can stand here');
    this.#chain = line.hash;
    if (entry.kind === 'manifest') this.#endRows(entry.manifest, number);
    else this.#takeRow(entry.row, number, where);
  }

  #begin({ number, entry, holds }: BundleLine): void {
    if (entry.kind !== 'head')
      return this.#fault('bundle_unreadable', number, 'the head', 'it does not begin as a bundle does');
    const { head } = entry;
    if (head.format !== FORMAT) {
      const message = `the form ${head.format} is not known here (known: ${FORMAT}); use a newer Baton`;
      return this.#fault('bundle_newer', number, 'the head', message);
    }
    if (!holds) return this.#fault('line_changed', number, 'the head', 'it is not what was written');
    if (!isWholeHead(head)) return this.#fault('line_invalid', number, 'the head', 'it is not whole');
    try {
      this.#key = publicKeyOfRaw(head.public_key);
    } catch (error) {
      this.#fault('line_invalid', number, 'the head', `its public_key ${messageOf(error)}`);
    }
    this.#head = head;
    this.#rows = new RowCheck(head.run, this.#faults);
    this.#fold = new FoldCheck(head.run);
  }

  #takeRow(row: ArchivedRow, line: number, where: string): void {
    if (this.#rows === undefined) return;
    try {
      const sound = this.#rows.take(row, line);
      if (sound === undefined) this.#damaged();
      else if (sound.table === workflowRuns) this.#takeRun({ ...sound, line });
      else this.#foldRow(sound, line);
    } catch (error) {
      this.#damaged();
      this.#fault('row_invalid', line, where, messageOf(error));
    }
  }

  /** Rows of another version are other rows. */
  #takeRun(run: SoundRow & { readonly line: number }): void {
    this.#run = run;
    if (run.row['rows_version'] !== ROWS_VERSION) this.#damaged();
  }

  #foldRow({ table, row, key, event, begins }: SoundRow, line: number): void {
    if (this.#fold === undefined) return;
    if (event === undefined) {
      if (isProjected(table)) this.#compare(table, row, key, line);
      return;
    }
    try {
      if (begins != null) this.#fold.beginExecution(begins);
      this.#fold.apply(event);
    } catch (error) {
      this.#damaged();
      this.#fault('fold_failed', line, key, `the fold of the events fails here: ${messageOf(error)}`);
    }
  }

  #compare(table: Table, row: Row, key: string, line: number): void {
    const verdict = this.#fold?.compare(table, row);
    if (verdict === 'unknown') this.#fault('row_differs', line, key, 'the events tell of no such row');
    if (verdict === 'other') {
      if (this.#differing.size < MAX_SHOWN) this.#differing.set(key, { table, row, line });
      else this.#fault('row_differs', line, key, 'the events tell otherwise');
    }
  }

  /** What the events fold to says nothing any more. */
  #damaged(): void {
    this.#fold = undefined;
  }

  #endRows(manifest: BundleManifest, line: number): void {
    this.#manifest = manifest;
    const run = this.#run;
    if (run !== undefined) this.#compare(run.table, run.row, run.key, run.line);
    this.#rows?.end(manifest.absent_blobs);
    for (const key of this.#fold?.left() ?? [])
      this.#fault('row_missing', null, key, 'the events tell of this row, and it is not here');
    const found = { lines: line - 1, rows: this.#counts };
    const at = difference({ lines: manifest.lines, rows: manifest.rows }, found);
    if (at !== null) this.#fault('manifest_differs', line, 'the manifest', `${at} is not what is here`);
  }

  end(pin: Pin | undefined): void {
    if (this.#isCut) return;
    if (this.#lines === 0) this.#fault('bundle_unreadable', null, 'the file', 'it is empty');
    if (this.#head === undefined) return;
    if (this.#manifest === undefined) this.#fault('manifest_differs', null, 'the manifest', 'it is missing');
    this.#endSignature(pin);
  }

  #endSignature(pin: Pin | undefined): void {
    const key = this.#key;
    if (key === undefined) return;
    if (this.#signature === undefined)
      return this.#fault('signature_missing', null, 'the end', 'the file is cut: its signature is missing');
    if (!hasSigned(key, signedText(this.#chain ?? ''), this.#signature)) {
      this.#fault('signature_wrong', this.#lines, 'the signature', `${key.fingerprint} has not signed this`);
    }
    if (pin !== undefined && pin.fingerprint !== key.fingerprint) {
      const message = `${key.fingerprint} has signed it, not ${pin.fingerprint}`;
      this.#fault('key_wrong', null, 'the signature', message);
    }
  }

  /** Reads the events once more, for the rows that the bundle has otherwise. */
  async tellDifferences(file: string): Promise<void> {
    const [head, differing] = [this.#head, this.#differing];
    if (head === undefined || differing.size === 0) return;
    const expected = await foldedRows(file, head.run, new Set(differing.keys()));
    for (const [key, { table, row, line }] of differing) {
      const at = difference(comparable(table, expected.get(key) ?? {}), comparable(table, row));
      this.#fault('row_differs', line, key, `the events tell otherwise at ${at ?? '$'}`);
    }
  }

  report(pin: Pin | undefined): BundleReport {
    const { count, listed } = this.#faults;
    const diverged = this.#run?.row['diverged'] ?? null;
    const key = this.#signature === undefined ? undefined : this.#key;
    return {
      ok: count === 0 && diverged === null,
      run_id: this.#head?.run ?? null,
      format: this.#head?.format ?? null,
      baton: this.#head?.baton ?? null,
      interpreter: this.#head?.interpreter ?? null,
      created_at: this.#head?.created_at ?? null,
      key:
        key === undefined
          ? null
          : { fingerprint: key.fingerprint, pinned: pin?.fingerprint === key.fingerprint },
      chain: this.#chain,
      lines: this.#lines,
      rows: this.#counts,
      compared: this.#fold !== undefined,
      diverged,
      absent_blobs: this.#manifest?.absent_blobs ?? [],
      faulty: count,
      faults: listed,
    };
  }

  #fault(...fault: Parameters<Faults['add']>): void {
    this.#faults.add(...fault);
  }
}

/** What a line is about, as far as it says so itself. */
function whereOf({ number, entry }: BundleLine): string {
  if (entry.kind !== 'row') return `line ${number}`;
  const { table: name, json } = entry.row;
  const table = BUNDLED.get(name);
  try {
    return table === undefined ? `a row of ${name}` : keyOf(table, readJson<Row>(json));
  } catch {
    return `a row of ${name}`;
  }
}

/** What stands before the events. */
const BEFORE_EVENTS: ReadonlySet<Table> = new Set([workflowRuns, executions]);

/** The wanted rows as the events of a bundle fold to them; it has been read before. */
async function foldedRows(
  file: string,
  runId: string,
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Row>> {
  const fold = new FoldCheck(runId, wanted);
  const rows = new RowCheck(runId, new Faults());
  for await (const { number, entry } of readBundle(file)) {
    if (entry.kind !== 'row') continue;
    const { event, begins, table } = rows.take(entry.row, number) ?? {};
    if (begins != null) fold.beginExecution(begins);
    if (event !== undefined) fold.apply(event);
    else if (table !== undefined && !BEFORE_EVENTS.has(table)) break;
  }
  return fold.kept();
}
