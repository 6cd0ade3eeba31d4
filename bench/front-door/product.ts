/** Baton as `npm start` brings it up, with durable servers in a home of its own, as its users reach it. */
import pg from 'pg';
import { OwnStack } from '../../test/support/own-stack.ts';

export interface Door {
  /** Where Temporal is. */
  readonly temporalAddress: string;
  publish(definition: object): Promise<void>;
  /** Starts runs of a definition at once; resolves when the tables say that all have ended. Answers their ids. */
  run(workflow: string, count: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The built product: `npm run build` comes first. */
export async function openDoor(settings: Readonly<Record<string, string>>): Promise<Door> {
  const stack = new OwnStack({ BATON_LOG_LEVEL: 'warn', ...settings });
  const up = await stack.baton('up', '-d');
  if (up.code !== 0) {
    await stack.remove();
    throw new Error(up.err);
  }
  const { api, temporal_address: temporalAddress, database_url: databaseUrl } = stack.info();
  const ends = await Ends.listen(databaseUrl);
  const start = (workflow: string) =>
    post<{ id: string }>(`${api}/api/v1/runs`, { workflow, inputs: {} }).then(({ id }) => id);
  return {
    temporalAddress,
    publish: async (definition) => void (await post(`${api}/api/v1/workflows`, definition)),
    run: async (workflow, count) => {
      const ids = await Promise.all(Array.from({ length: count }, () => start(workflow)));
      await ends.of(ids);
      return ids;
    },
    close: async () => {
      await ends.close();
      await stack.remove();
    },
  };
}

/** Refusals for want of room are taken at their word. */
async function post<T>(url: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  for (;;) {
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    if (answer.ok) return (await answer.json()) as T;
    const wait = Number(answer.headers.get('retry-after'));
    if (![429, 503].includes(answer.status) || !(wait > 0))
      throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
    await new Promise((done) => setTimeout(done, wait * 1_000));
  }
}

/** Hears when runs have ended: the tables are read whenever the projector speaks of one that is waited for. */
class Ends {
  readonly #listener: pg.Client;
  readonly #reader: pg.Client;
  readonly #waiting = new Set<string>();
  #isLooking = false;
  #hasNews = false;
  #done: () => void = () => {};
  #failed: (error: unknown) => void = () => {};

  private constructor(databaseUrl: string) {
    this.#listener = new pg.Client({ connectionString: databaseUrl });
    this.#reader = new pg.Client({ connectionString: databaseUrl });
  }

  static async listen(databaseUrl: string): Promise<Ends> {
    const ends = new Ends(databaseUrl);
    await Promise.all([ends.#listener.connect(), ends.#reader.connect()]);
    ends.#listener.on('notification', ({ payload = '' }) => {
      if (ends.#waiting.has(payload)) ends.#look();
    });
    await ends.#listener.query('listen baton_run');
    return ends;
  }

  async of(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#waiting.add(id);
    const ended = new Promise<void>((done, failed) => {
      this.#done = done;
      this.#failed = failed;
    });
    this.#look();
    await ended;
  }

  async close(): Promise<void> {
    await Promise.all([this.#listener.end(), this.#reader.end()]);
  }

  #look(): void {
    this.#hasNews = true;
    if (this.#isLooking) return;
    this.#isLooking = true;
    void this.#read()
      .catch((error: unknown) => this.#failed(error))
      .finally(() => (this.#isLooking = false));
  }

  async #read(): Promise<void> {
    while (this.#hasNews) {
      this.#hasNews = false;
      const { rows } = await this.#reader.query<{ id: string; status: string }>(
        'select id, status from workflow_runs where id = any($1) and completed_at is not null',
        [[...this.#waiting]],
      );
      for (const { id, status } of rows) {
        if (status !== 'completed') throw new Error(`run ${id} ended ${status}`);
        this.#waiting.delete(id);
      }
      if (this.#waiting.size === 0) this.#done();
    }
  }
}
