/**
 * A reader of its own process: notes when each notification of the projector arrives. In the bench's process the
 * workers' load would delay the clock. Answers all it has seen when its parent says `stop`.
 */
import pg from 'pg';

export interface Arrival {
  readonly run: string;
  /** ms since 1970. */
  readonly at: number;
}

const arrivals: Arrival[] = [];
const client = new pg.Client({ connectionString: process.argv[2] });
client.on('notification', ({ payload }) => arrivals.push({ run: payload ?? '', at: Date.now() }));
await client.connect();
await client.query('listen baton_run');
process.once('message', () => {
  process.send?.(arrivals, () => process.exit(0));
});
process.send?.('listening');
