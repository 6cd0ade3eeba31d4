/**
 * Test files share their processes: what one has opened is ended after it, however it went.
 *
 * Vitest's own hook is for the top of a file: asked for in the middle of a test or of another hook, it never comes.
 */
const ends: (() => unknown)[] = [];

/** Once, after this test file; what was opened last is ended first. May be called anywhere. */
export function afterFile(end: () => unknown): void {
  ends.push(end);
}

/** Ends all of it. @throws AggregateError with what failed, when the rest is ended */
export async function endFile(): Promise<void> {
  const failures: unknown[] = [];
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) {
    try {
      await end();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'not everything could be ended');
}
