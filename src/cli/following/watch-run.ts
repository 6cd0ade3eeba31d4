/**
 * Follows a run until it ends. Events say when to look; what is shown is always a whole look at the API, so that a lost
 * connection costs nothing but time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../client/api-client.ts';
import type { ToldRun } from '../client/told-run.ts';
import type { Page } from '../../contract/shared/common.ts';
import type { Step } from '../../contract/step.ts';
import { hasEnded } from '../../protocol/status.ts';
import { followEvents } from './event-stream.ts';
import { CliError, EXIT } from '../exit.ts';
import { LiveArea } from '../terminal/live-area.ts';
import { renderChanges, renderTree, type Snapshot } from '../shown/run-tree.ts';
import { writeTo } from '../terminal/output.ts';
import { paintFor, type Paint } from '../terminal/style.ts';

/** Where a run is shown while it works. */
export interface Screen {
  show(snapshot: Snapshot): void;
  /** Leaves the last state standing. */
  done(): void;
}

/** Looks at least so often, should an event be missed. */
const LOOK_EVERY_MS = 2_000;
const REPAINT_MS = 200;
/** Failed looks in a row before giving up: about a minute. */
const PATIENCE = 60;

/**
 * Resolves with the run when it has ended, or `isOver` says so. @throws CliError when the API refuses or stays away.
 */
export async function watchRun(
  client: ApiClient,
  runId: string,
  screen: Screen,
  isOver: (run: ToldRun) => boolean = hasEnded,
): Promise<ToldRun> {
  const stop = new AbortController();
  const bell = new Bell();
  const listening = ringOnEvents(client, runId, bell, stop.signal);
  try {
    for (let failures = 0; ;) {
      try {
        const snapshot = await lookAt(client, runId);
        failures = 0;
        screen.show(snapshot);
        if (isOver(snapshot.run)) return snapshot.run;
        await bell.rung(LOOK_EVERY_MS);
      } catch (error) {
        const away = error instanceof CliError && error.exitCode === EXIT.unreachable;
        if (!away || ++failures > PATIENCE) throw error;
        await sleep(1_000);
      }
    }
  } finally {
    stop.abort();
    await listening;
    screen.done();
  }
}

/** One look: the run with all its steps. */
export async function lookAt(client: ApiClient, runId: string): Promise<Snapshot> {
  const path = `/runs/${encodeURIComponent(runId)}`;
  const run = await client.json<ToldRun>(path);
  return { run, steps: await allItems<Step>(client, `${path}/steps`) };
}

/** Every item of a list that comes in pages. @param path may hold a query */
export async function allItems<T>(client: ApiClient, path: string): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null = null; ;) {
    const joint = path.includes('?') ? '&' : '?';
    const query: string = cursor === null ? '' : `${joint}cursor=${encodeURIComponent(cursor)}`;
    const page: Page<T> = await client.json<Page<T>>(`${path}${query}`);
    items.push(...page.items);
    cursor = page.next_cursor ?? null;
    if (cursor === null) return items;
  }
}

/** A live tree on a terminal, plain lines elsewhere. */
export function screenFor(stream: NodeJS.WriteStream): Screen {
  if (stream.isTTY && stream.rows > 0) return treeScreen(stream);
  return linesTo((line) => writeTo(stream, `${line}\n`), paintFor(stream));
}

/** Nothing is shown. */
export const noScreen: Screen = { show: () => undefined, done: () => undefined };

function treeScreen(stream: NodeJS.WriteStream): Screen {
  const area = new LiveArea(stream);
  const paint = paintFor(stream);
  let last: Snapshot | undefined;
  const treeIn = (height: number) =>
    last === undefined ? '' : renderTree(last, Date.now(), paint, { width: stream.columns, height });
  // One row is left for the cursor.
  const draw = () => area.draw(treeIn(stream.rows - 1));
  const clock = setInterval(draw, REPAINT_MS);
  stream.on('resize', draw);
  return {
    show: (snapshot) => {
      last = snapshot;
      draw();
    },
    done: () => {
      clearInterval(clock);
      stream.off('resize', draw);
      // What stays may be longer than the screen.
      area.draw(treeIn(Infinity));
    },
  };
}

/** A line for each change. */
export function linesTo(write: (line: string) => unknown, paint: Paint): Screen {
  let last: Snapshot | undefined;
  return {
    show: (snapshot) => {
      for (const line of renderChanges(last, snapshot, Date.now(), paint)) write(line);
      last = snapshot;
    },
    done: () => undefined,
  };
}

/** The looks find out by themselves when the API is gone for good. */
async function ringOnEvents(
  client: ApiClient,
  runId: string,
  bell: Bell,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const _ of followEvents(client, runId, { signal })) bell.ring();
  } catch {
    bell.ring();
  }
}

/** Wakes one waiter; a ring while nobody waits is kept. */
class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  async rung(timeoutMs: number): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#rung = false;
    this.#wake = undefined;
  }
}
