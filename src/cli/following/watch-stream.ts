/**
 * `baton watch --stream`: what a run's agents say, until the run has ended.
 *
 * The words go to stdout. As text, lines between them tell on stderr what becomes of the steps; as JSON, each piece is
 * a line.
 */
import { messageOf } from '../../errors/errors.ts';
import type { ApiClient } from '../client/api-client.ts';
import type { ToldRun } from '../client/told-run.ts';
import { followPieces } from './event-stream.ts';
import { note, writeTo, type Format } from '../terminal/output.ts';
import { StreamView, type ToldPiece } from './stream-view.ts';
import { paintFor } from '../terminal/style.ts';
import { linesTo, noScreen, watchRun, type Screen } from './watch-run.ts';
import { writeJson } from '../../plan/exact-json.ts';

/** After the end of the run: what is left to tell of it is told at once, unless it cannot be read. */
const LAST_WORDS_MS = 10_000;

interface Showing {
  readonly tell: (piece: ToldPiece) => void;
  readonly screen: Screen;
}

/** Resolves with the run when it has ended and all was told. @throws CliError as `watchRun` */
export async function watchStream(client: ApiClient, runId: string, format: Format): Promise<ToldRun> {
  const { tell, screen } = format === 'json' ? jsonLines : textView();
  const stop = new AbortController();
  const telling = tellAll(client, runId, tell, stop.signal);
  let limit: NodeJS.Timeout | undefined;
  try {
    const run = await watchRun(client, runId, { ...screen, done: () => undefined });
    limit = setTimeout(() => stop.abort(), LAST_WORDS_MS);
    await telling;
    return run;
  } finally {
    clearTimeout(limit);
    stop.abort();
    await telling;
    screen.done();
  }
}

/** What cannot be read any more is missing on the screen; the run is watched on. */
async function tellAll(
  client: ApiClient,
  runId: string,
  tell: (piece: ToldPiece) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const piece of followPieces(client, runId, { signal })) tell(piece);
  } catch (error) {
    note(`what the agents say cannot be read any more: ${messageOf(error)}`);
  }
}

const jsonLines: Showing = {
  tell: (piece) => writeTo(process.stdout, `${writeJson(piece)}\n`),
  screen: noScreen,
};

function textView(): Showing {
  const view = new StreamView((text) => writeTo(process.stdout, text), paintFor(process.stdout));
  // Elsewhere than on a terminal the words are a file of their own, which no status may break into lines.
  const shared = process.stdout.isTTY;
  const lines = linesTo((line) => {
    if (shared) view.breakLine();
    writeTo(process.stderr, `${line}\n`);
  }, paintFor(process.stderr));
  return { tell: (piece) => view.tell(piece), screen: { ...lines, done: () => view.done() } };
}
