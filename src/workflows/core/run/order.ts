import type { Fact } from '../kernel/contract.ts';

/** Results and timers by id, numbers in them by value (`t9` before `t10`); signals keep their order. */
export function compareIds(a: Fact, b: Fact): number {
  const left = idOf(a);
  const right = idOf(b);
  if (left === right) return 0;
  return left.length - right.length || (left < right ? -1 : 1);
}

function idOf(fact: Fact): string {
  return 'id' in fact ? fact.id : '';
}
