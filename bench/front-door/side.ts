/**
 * One version of Baton as its users reach it, in a process of its own. Arguments: its checkout, the settings of its
 * stack as JSON. Tells its parent when it is up; starts what it is told ({@link Ask}) and says how long that took, in ms;
 * ends when its parent does.
 */
import { join } from 'node:path';
import type { openDoor } from '../front-door/product.ts';

/** A definition to publish, or runs to start at once and to wait for. */
export type Ask = { readonly publish: object } | { readonly run: string; readonly count: number };

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
  const began = performance.now();
  const done = 'publish' in ask ? door.publish(ask.publish) : door.run(ask.run, ask.count);
  void done.then(
    () => process.send?.(performance.now() - began),
    (error: unknown) => {
      // It is leaving: what was under way is cut.
      if (!process.connected) return;
      process.stderr.write(`${checkout}: ${String(error)}\n`);
      process.exitCode = 1;
      process.disconnect();
    },
  );
});
if (process.connected) process.send?.('up');
else leave();
