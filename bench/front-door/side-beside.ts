/** A version of Baton behind its front door, run beside the bench: it takes its stack down also when the bench is killed. */
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from '../../src/places.ts';
import { beside } from './beside.ts';
import type { Ask, Done } from './side.ts';

export interface Side {
  /** Where its Temporal is. */
  readonly temporalAddress: string;
  publish(definition: object): Promise<void>;
  /** Starts runs of a definition at once; resolves when the tables say that all have ended. */
  run(workflow: string, count: number): Promise<Done>;
  /** Resolves when nothing of it is left. */
  end(): Promise<void>;
}

/**
 * @param settings of its stack
 * @param checkout where it lies, installed and built
 */
export async function openSide(
  settings: Readonly<Record<string, string>>,
  checkout: string = ROOT,
): Promise<Side> {
  const args = [checkout, JSON.stringify(settings)];
  const { child, said, next } = await beside<string>(join(import.meta.dirname, 'side.ts'), args, checkout);
  const ask = async (what: Ask): Promise<Done> => {
    const done = next<Done>();
    child.send(what);
    return done;
  };
  return {
    temporalAddress: said,
    publish: async (publish) => void (await ask({ publish })),
    run: (run, count) => ask({ run, count }),
    end: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
