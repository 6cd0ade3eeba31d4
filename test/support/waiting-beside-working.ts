/**
 * The order of test files: one that mostly waits beside each that works, as long as there are any, so that neither
 * waits alone at the end.
 */
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Wait for tens of seconds: for a heartbeat that does not come, for a server to come up again. */
const WAITING = [
  /^test\/stack\//,
  /^test\/lost-(worker|workspace)\./,
  /^test\/(worker\/)?silence\./,
  /^test\/api\/process\./,
];

export class WaitingBesideWorking extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const waits = ({ moduleId }: TestSpecification) => {
      const path = relative(this.ctx.config.root, moduleId);
      return WAITING.some((pattern) => pattern.test(path));
    };
    const waiting = sorted.filter(waits);
    const working = sorted.filter((file) => !waits(file));
    return [
      ...waiting.flatMap((file, at) => [file, ...working.slice(at, at + 1)]),
      ...working.slice(waiting.length),
    ];
  }
}
