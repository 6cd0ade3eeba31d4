/**
 * One version of Baton as its users reach it, in a process of its own. Arguments: its checkout, the settings of its
 * stack as JSON. Tells its parent where its Temporal is when it is up; does what it is told ({@link Ask}) and says what
 * came of it ({@link Done}); takes its stack down and ends when its parent does.
 */
import { join } from 'node:path';
import type { openDoor } from './product.ts';

/** A definition to publish, or runs to start at once and to wait for. */
export type Ask = { readonly publish: object } | { readonly run: string; readonly count: number };

export interface Done {
  readonly ms: number;
  /** Of the runs. */
  readonly ids: readonly string[];
}

// A Ctrl-C is for the parent: this one still has a stack to take down.
process.on('SIGINT', () => {});

const [checkout = '', settings = '{}'] = process.argv.slice(2);
const product = (await import(join(checkout, 'bench', 'front-door', 'product.ts'))) as {
  readonly openDoor: typeof openDoor;
};
const door = await product.openDoor(JSON.parse(settings) as Record<string, string>);

const leave = () => void door.close().finally(() => process.exit());
process.once('disconnect', leave);
process.on('message', (ask: Ask) => {
  void doIt(ask).then(
    (told) => process.send?.(told),
    (error: unknown) => {
      // It is leaving: what was under way is cut.
      if (!process.connected) return;
      process.stderr.write(`${checkout}: ${String(error)}\n`);
      process.exitCode = 1;
      process.disconnect();
    },
  );
});
if (process.connected) process.send?.(door.temporalAddress);
else leave();

async function doIt(ask: Ask): Promise<Done> {
  const began = performance.now();
  if ('publish' in ask) await door.publish(ask.publish);
  const ids = 'run' in ask ? await door.run(ask.run, ask.count) : [];
  return { ms: performance.now() - began, ids };
}
