/** What an edit has done to a plan, as events hold it and as people read it. Of very many steps the first are named. */
import type { JsonObject } from '../../../plan/json.ts';
import type { PlanEdit } from '../../../protocol/plan-edit.ts';

/** Readers get events whole. */
const MAX_STEPS = 200;
/** In a line of the thread. */
const MAX_NAMED = 8;

export function editJson({ added, removed, changed, rewired, members }: PlanEdit): JsonObject {
  return {
    added: added.slice(0, MAX_STEPS),
    removed: removed.slice(0, MAX_STEPS),
    changed: changed.slice(0, MAX_STEPS).map(({ name, members }) => ({ step: name, members: [...members] })),
    rewired: rewired.slice(0, MAX_STEPS),
    members: [...members],
  };
}

export function editText({ added, removed, changed, rewired, members }: PlanEdit): string {
  const parts = [
    part('added', added),
    part('removed', removed),
    part(
      'changed',
      changed.map(({ name, members: of }) => `${name} (${of.join(', ')})`),
    ),
    part('rewired', rewired),
    part('and the plan’s', members),
  ];
  return parts.filter((text) => text !== '').join('; ');
}

function part(what: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  return `${what} ${names.slice(0, MAX_NAMED).join(', ')}${more}`;
}
