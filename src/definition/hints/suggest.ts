/** Suggestions for names in definitions. What is too long to be anybody's name is not compared with anything. */
import * as names from '../../plan/suggest.ts';

/** Longer than any name of a step, an input or an agent. */
const MAX_NAME = 100;

/** The candidate nearest to `name`, or undefined when none is near enough to have been meant. */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
  return name.length > MAX_NAME ? undefined : names.closest(name, candidates);
}

/** `Did you mean "x"?`, else the names there are, else `fallback`. */
export function hintFor(name: string, candidates: readonly string[], fallback: string): string {
  return name.length > MAX_NAME
    ? names.knownNames(candidates, fallback)
    : names.hintFor(name, candidates, fallback);
}
