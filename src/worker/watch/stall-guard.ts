/**
 * Keeps runs from taking workers along: every stall of a run is on record in Postgres, and an execution with three of
 * them within an hour is ended. Several workers may do the same at once.
 */
import type { NativeConnection } from '@temporalio/worker';
import type { Database } from '../../database/database.ts';
import { messageOf } from '../../errors/errors.ts';
import type { Logger } from '../../log/log.ts';
import { GUARD_IDENTITY, guardReason } from '../../protocol/guard.ts';
import { insertStall, listRepeated, markEnded, type StallRow } from './stall-rows.ts';

const TIMES = 3;
/** gRPC: there is no such execution any more, or it has closed. */
const NOT_FOUND = 5;

interface Repeated {
  readonly run_id: string;
  readonly execution_id: string;
  readonly times: number;
  readonly expression: string | null;
}

export class StallGuard {
  readonly #database: Database;
  readonly #connection: NativeConnection;
  readonly #namespace: string;
  readonly #log: Logger;

  constructor(database: Database, connection: NativeConnection, namespace: string, log: Logger) {
    this.#database = database;
    this.#connection = connection;
    this.#namespace = namespace;
    this.#log = log;
  }

  /** Puts a stall on record, and ends the run if it was one too many. Never rejects. */
  async record(stall: StallRow): Promise<void> {
    await this.#trying(() => this.#database.query(insertStall(stall)));
    await this.endRepeated();
  }

  /** Ends what has stalled too often; also what earlier workers could not end any more. Never rejects. */
  async endRepeated(): Promise<void> {
    await this.#trying(async () => {
      const { rows } = await this.#database.query<Repeated>(listRepeated(TIMES));
      for (const row of rows) await this.#end(row);
    });
  }

  async #end({ run_id: workflowId, execution_id: runId, times, expression }: Repeated): Promise<void> {
    const reason = guardReason(stallText(times, expression));
    try {
      await this.#connection.withDeadline(Date.now() + 5_000, () =>
        this.#connection.workflowService.terminateWorkflowExecution({
          namespace: this.#namespace,
          workflowExecution: { workflowId, runId },
          reason,
          identity: GUARD_IDENTITY,
        }),
      );
      this.#log.error(
        { run: workflowId, execution: runId, expression, times },
        'run ended: it stalled workers',
      );
    } catch (error) {
      if ((error as { code?: unknown }).code !== NOT_FOUND) throw error;
    }
    await this.#database.query(markEnded(runId));
  }

  async #trying(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, 'stalls of runs cannot be recorded or judged now');
    }
  }
}

function stallText(times: number, expression: string | null): string {
  const what = expression === null ? 'its workflow code' : `the expression ${expression}`;
  return `${what} kept a worker busy until it was replaced, ${times} times; simplify it and start the run again`;
}
