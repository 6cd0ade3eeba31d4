/**
 * The form of an archive: gzip of JSON Lines.
 *
 *     {"archive":"baton","format":1,"created_at":"…"}                       the head
 *     {"run":"ID","table":"workflow_runs","row":{…}}                        rows, those of a run together
 *     {"runs":[{"run":"ID","rows":{"workflow_runs":1,…},"sha256":"…"}]}     the manifest
 *
 * The digest of a run covers its lines, each with its line feed. A file without its manifest is incomplete.
 */
import { createHash, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { finished, pipeline } from 'node:stream/promises';
import { once } from 'node:events';
import { createGzip, type Gzip } from 'node:zlib';
import { InvalidError, messageOf } from '../../errors/errors.ts';
import { linesOf } from './json-lines.ts';
import type { ArchivedRow } from './run-rows.ts';
import { readJson, writeJson } from '../../plan/exact-json.ts';

const FORMAT = 1;
const LINE = /^\{"run":("(?:[^"\\]|\\.)*"),"table":"([a-z_]+)","row":(.*)\}$/s;

export interface ArchivedRun {
  readonly run: string;
  /** Number of rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Hex, over the run's lines. */
  readonly sha256: string;
}

/** Counts and digests the lines of one run. */
export class RunDigest {
  readonly #run: string;
  readonly #hash: Hash = createHash('sha256');
  readonly #rows: Record<string, number> = {};

  constructor(run: string) {
    this.#run = run;
  }

  /** Takes a row in; answers its line. */
  add(row: ArchivedRow): string {
    const line = `{"run":${writeJson(this.#run)},"table":"${row.table}","row":${row.json}}\n`;
    this.#hash.update(line);
    this.#rows[row.table] = (this.#rows[row.table] ?? 0) + 1;
    return line;
  }

  end(): ArchivedRun {
    return { run: this.#run, rows: this.#rows, sha256: this.#hash.digest('hex') };
  }
}

/** Writes a file that must not be there yet. What was written is on the disk once {@link close} has resolved. */
export class ArchiveWriter {
  readonly #file: string;
  readonly #gzip: Gzip = createGzip();
  readonly #written: Promise<void>;
  readonly #runs: ArchivedRun[] = [];
  /** Bytes of the lines so far, before compression. */
  bytes = 0;

  constructor(file: string) {
    this.#file = file;
    this.#written = pipeline(this.#gzip, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
    // Told by the next write or by close.
    this.#written.catch(() => undefined);
  }

  get runs(): readonly ArchivedRun[] {
    return this.#runs;
  }

  async begin(): Promise<void> {
    const head = { archive: 'baton', format: FORMAT, created_at: new Date().toISOString() };
    await this.#write(`${writeJson(head)}\n`);
  }

  async add(run: string, rows: AsyncIterable<ArchivedRow>): Promise<void> {
    const digest = new RunDigest(run);
    for await (const row of rows) await this.#write(digest.add(row));
    this.#runs.push(digest.end());
  }

  /** @throws what the file system said */
  async close(): Promise<void> {
    await this.#write(`${writeJson({ runs: this.#runs })}\n`);
    this.#gzip.end();
    await this.#written;
    const handle = await open(this.#file, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** Gives up a file that is not finished. */
  async abandon(): Promise<void> {
    this.#gzip.destroy();
    await finished(this.#gzip).catch(() => undefined);
    await this.#written.catch(() => undefined);
  }

  async #write(line: string): Promise<void> {
    this.bytes += line.length;
    if (this.#gzip.write(line)) return;
    // A disk that is full ends the pipeline, and nothing would ever drain.
    await Promise.race([once(this.#gzip, 'drain'), this.#written]);
  }
}

/**
 * The rows of a file with the run they belong to, as they stand in it. When the last one was given, each run has been
 * compared with the manifest.
 *
 * @throws InvalidError `archive_invalid` for what is no archive, is damaged or incomplete; `archive_newer`
 */
export async function* readArchive(
  file: string,
): AsyncGenerator<ArchivedRow & { readonly run: string }, readonly ArchivedRun[]> {
  const found: ArchivedRun[] = [];
  let digest: { readonly run: string; readonly of: RunDigest } | undefined;
  let manifest: readonly ArchivedRun[] | undefined;
  let number = 0;
  for await (const line of archiveLines(file)) {
    number += 1;
    if (number === 1) checkHead(line, file);
    else if (manifest !== undefined) throw invalid(file, `line ${number} stands after the manifest`);
    else {
      const row = parseRow(line);
      if (digest !== undefined && row?.run !== digest.run) found.push(digest.of.end());
      if (row === undefined) manifest = parseManifest(line, file, number);
      else {
        if (row.run !== digest?.run) digest = { run: row.run, of: new RunDigest(row.run) };
        digest.of.add(row);
        yield row;
      }
    }
  }
  if (manifest === undefined) throw invalid(file, 'its end is missing');
  compare(file, manifest, found);
  return manifest;
}

/** Reads a file to its end. @throws InvalidError as {@link readArchive} does */
export async function checkArchive(file: string): Promise<readonly ArchivedRun[]> {
  const rows = readArchive(file);
  for (;;) {
    const next = await rows.next();
    if (next.done === true) return next.value;
  }
}

async function* archiveLines(file: string): AsyncGenerator<string> {
  try {
    yield* linesOf(file);
  } catch (error) {
    throw invalid(file, messageOf(error));
  }
}

function parseRow(line: string): (ArchivedRow & { readonly run: string }) | undefined {
  const [, run, table, json] = LINE.exec(line) ?? [];
  if (run === undefined || table === undefined || json === undefined) return undefined;
  return { run: readJson(run) as string, table, json };
}

function checkHead(line: string, file: string): void {
  const head = parsed(line) as { archive?: unknown; format?: unknown } | undefined;
  if (head?.archive !== 'baton') throw invalid(file, 'it does not begin as an archive of runs does');
  if (head.format === FORMAT) return;
  throw new InvalidError(
    'archive_newer',
    `${file}: the form ${String(head.format)} is not known here (known: ${FORMAT}); use a newer Baton`,
  );
}

function parseManifest(line: string, file: string, number: number): readonly ArchivedRun[] {
  const runs = (parsed(line) as { runs?: readonly ArchivedRun[] } | undefined)?.runs;
  if (runs === undefined) throw invalid(file, `line ${number} is neither a row nor the manifest`);
  return runs;
}

function parsed(line: string): unknown {
  try {
    return readJson(line);
  } catch {
    return undefined;
  }
}

function compare(file: string, expected: readonly ArchivedRun[], found: readonly ArchivedRun[]): void {
  if (expected.length !== found.length) {
    throw invalid(file, `it holds ${found.length} runs, its manifest names ${expected.length}`);
  }
  expected.forEach(({ run, sha256 }, i) => {
    const other = found[i];
    if (other?.run !== run || other.sha256 !== sha256)
      throw invalid(file, `the rows of run ${run} are damaged`);
  });
}

function invalid(file: string, reason: string): InvalidError {
  return new InvalidError('archive_invalid', `${file} is not a whole archive: ${reason}`);
}
