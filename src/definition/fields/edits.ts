/**
 * Compiles what a definition, and a step of it, may propose to change of the plan. The definition says what holds for its
 * steps, and the most that one may say for itself: a step narrows, and never widens.
 */
import type { Path } from '../../plan/json.ts';
import type { EditPolicy } from '../../plan/plan.ts';
import { DEFAULT_PROPOSED_STEPS, PROPOSED_KINDS } from '../../protocol/editing/proposal.ts';
import { hintFor } from '../hints/suggest.ts';
import type { Problems } from '../text/problem.ts';
import { editsSchema } from './schema.ts';
import { shaped } from './shape.ts';

/** What holds for all steps; null where the definition says nothing. */
export type EditsBound = EditPolicy | 'never' | null;

/** What is there to be named. */
export interface EditNames {
  readonly kinds: readonly string[];
  /** Agents that the definition declares. */
  readonly declared: readonly string[];
  readonly isAgent: (name: string) => boolean;
}

const WIDTH = { never: 0, ask: 1, auto: 2 } as const;

/** What is wrong is noted, and taken for `never`. */
export function compileBound(value: unknown, names: EditNames, problems: Problems): EditsBound {
  return value === undefined ? null : policyOf(value, ['edits'], null, names, problems);
}

/**
 * @param inherits the step may do what the definition lets all do, where it says nothing itself
 * @returns null: it may propose nothing
 */
export function compileStepEdits(
  value: unknown,
  path: Path,
  { bound, inherits }: { readonly bound: EditsBound; readonly inherits: boolean },
  names: EditNames,
  problems: Problems,
): EditPolicy | null {
  if (value === undefined) return inherits && bound !== 'never' ? bound : null;
  const own = policyOf(value, [...path, 'edits'], bound, names, problems);
  return own === 'never' ? null : own;
}

function policyOf(
  value: unknown,
  path: Path,
  bound: EditsBound,
  names: EditNames,
  problems: Problems,
): EditPolicy | 'never' {
  const isWord = typeof value === 'string';
  const shape = shaped(editsSchema, isWord ? { policy: value } : value, path, problems);
  if (shape === null) return 'never';
  const { policy, max_steps, kinds, agents, approvers } = shape;
  if (policy === 'never') return 'never';
  const widen = (member: string, what: string) => {
    const message = `This step may propose more than the definition lets its steps: ${what}.`;
    const at = isWord ? path : [...path, member];
    problems.error(
      'edits_widened',
      at,
      message,
      'A step can only narrow it: widen `edits` of the definition.',
    );
  };
  noteUnknown(kinds ?? [], [...path, 'kinds'], (name) => names.kinds.includes(name), names.kinds, problems);
  noteUnknown(agents ?? [], [...path, 'agents'], names.isAgent, names.declared, problems);
  const most = bound === 'never' ? null : bound;
  if (bound !== null && WIDTH[policy] > WIDTH[bound === 'never' ? 'never' : bound.policy])
    widen('policy', `"${policy}", where it is "${bound === 'never' ? 'never' : bound.policy}"`);
  if (most !== null) {
    if (max_steps !== undefined && max_steps > most.maxSteps)
      widen('max_steps', `${max_steps} steps, where they are ${most.maxSteps}`);
    noteWider(kinds, most.kinds, 'kinds', widen);
    if (most.agents !== null) noteWider(agents, most.agents, 'agents', widen);
    if (most.approvers !== undefined) noteWider(approvers, most.approvers, 'approvers', widen);
  }
  if (approvers !== undefined && policy === 'auto')
    problems.error(
      'field_value',
      [...path, 'approvers'],
      'Nobody is asked where the policy is "auto".',
      'Write policy: ask, or leave the approvers out.',
    );
  const asked = approvers ?? most?.approvers;
  return {
    policy,
    maxSteps: max_steps ?? most?.maxSteps ?? DEFAULT_PROPOSED_STEPS,
    kinds: sorted(kinds ?? most?.kinds ?? PROPOSED_KINDS),
    agents: agents === undefined ? (most?.agents ?? null) : sorted(agents),
    ...(asked !== undefined && policy === 'ask' && { approvers: sorted(asked) }),
  };
}

function noteWider(
  said: readonly string[] | undefined,
  most: readonly string[],
  member: string,
  widen: (member: string, what: string) => void,
): void {
  const beyond = said?.filter((name) => !most.includes(name)) ?? [];
  if (beyond.length > 0) widen(member, `${member} ${beyond.join(', ')}`);
}

function noteUnknown(
  said: readonly string[],
  path: Path,
  isKnown: (name: string) => boolean,
  known: readonly string[],
  problems: Problems,
): void {
  said.forEach((name, at) => {
    if (isKnown(name)) return;
    const message = `${JSON.stringify(name)} is none of them.`;
    problems.error('field_value', [...path, at], message, () => hintFor(name, known, ''));
  });
}

/** In an order of their own, so that an edit of steps leaves it as it is. */
const sorted = (names: readonly string[]): readonly string[] => [...new Set(names)].toSorted();
