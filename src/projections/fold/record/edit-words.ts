/** What an edit has done to a plan, as events hold it and as people read it. Of very many steps the first are named. */
import type { JsonObject } from '../../../plan/json.ts';
import type { PlanEdit } from '../../../protocol/plan-edit.ts';
import type { Note } from '../../../workflows/core/index.ts';

type Rerun = Extract<Note, { readonly type: 'plan_edited' }>['rerun'];

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

/** Steps that run anew by it: those that were named, and all. */
export function rerunJson(rerun: Rerun): JsonObject {
  if (rerun === undefined) return {};
  return { rerun: rerun.named.slice(0, MAX_STEPS), runs_again: rerun.again.slice(0, MAX_STEPS) };
}

export function rerunText(rerun: Rerun): string {
  return rerun === undefined ? '' : part('to run anew:', rerun.again);
}

function part(what: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  return `${what} ${names.slice(0, MAX_NAMED).join(', ')}${more}`;
}
