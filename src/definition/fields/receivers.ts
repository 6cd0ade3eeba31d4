/** What is said of `notify.to`: names that no webhook of the installation has. They may come later, so none is an error. */
import { hintFor } from '../../plan/suggest.ts';
import type { Problems } from '../text/problem.ts';

/** @param known names of webhooks, whatever their case */
export function noteUnknownReceivers(
  to: readonly string[],
  known: readonly string[],
  problems: Problems,
): void {
  const names = new Set(known.map((name) => name.toLowerCase()));
  for (const [at, name] of to.entries()) {
    if (names.has(name.toLowerCase())) continue;
    const message = `There is no webhook "${name}": it is told nothing until there is one.`;
    const hint = `${hintFor(name, known, 'There are none yet.')} Or add it: baton notify add ${name}.`;
    problems.warn('receiver_unknown', ['notify', 'to', at], message, hint);
  }
}
