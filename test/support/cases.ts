/** How many random cases a property is tried with: all of them, or a share where quick answers are wanted. */
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** 1 = all. */
    shareOfCases: number;
  }
}

/** For `fc.assert`: `full` cases in a whole run of the tests. */
export const cases = (full: number): { readonly numRuns: number } => ({
  numRuns: Math.ceil(full * inject('shareOfCases')),
});
