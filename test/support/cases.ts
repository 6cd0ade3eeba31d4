/** How much is tried: each random case and the largest inputs, or a share where quick answers are wanted. Runs before every file of `unit`. */
import fc from 'fast-check';
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

/** Whether everything is tried: false where quick answers are wanted, which what is large or at its bounds would take too long for. */
export const isWhole = inject('shareOfCases') === 1;

/** Where a test does not say how many. */
fc.configureGlobal(cases(100));
