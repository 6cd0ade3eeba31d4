/** Suggestions for misspelt names. Sandbox-safe. */
import { distance } from 'fastest-levenshtein';

/** Longest list of candidates that is searched: beyond it a suggestion is not worth the time. */
const MAX_CANDIDATES = 5_000;

/** The candidate nearest to `name`, or undefined when none is near enough to have been meant. */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  const limit = Math.max(1, Math.ceil(name.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  let tried = 0;
  for (const candidate of candidates) {
    if (++tried > MAX_CANDIDATES) break;
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const far = distance(wanted, candidate.toLowerCase());
    if (far < bestDistance) [best, bestDistance] = [candidate, far];
  }
  return best;
}

/** `Did you mean "x"?`, else the names there are, else `fallback`. */
export function hintFor(name: string, candidates: readonly string[], fallback: string): string {
  const near = closest(name, candidates);
  return near === undefined ? knownNames(candidates, fallback) : `Did you mean "${near}"?`;
}

/** The first of the names there are, else `fallback`. */
export function knownNames(candidates: readonly string[], fallback: string): string {
  if (candidates.length === 0) return fallback;
  const shown = candidates.slice(0, 8).join(', ');
  return `Known here: ${shown}${candidates.length > 8 ? `, and ${candidates.length - 8} more` : ''}.`;
}
