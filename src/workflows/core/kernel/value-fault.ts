/** Is a value from outside one that the core can look into? */
import { isDeeperThan, TOO_DEEP } from '../../../plan/depth.ts';

/** What is wrong with the value that a fact brings; null when nothing is. */
export function valueFault(value: unknown): string | null {
  return isDeeperThan(value) ? TOO_DEEP : null;
}
