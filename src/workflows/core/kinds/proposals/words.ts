/** What proposals of edits come to, in words: for the people who are asked, and for the model that proposed. */
import type { Json } from '../../../../plan/json.ts';
import type { ProposedEdit } from '../../../../protocol/editing/proposal.ts';
import type { Decided } from './decide.ts';

const MAX_NAMED = 8;

/** The question that a proposal is, a line for each step that it touches. */
export function askedText(by: string, edit: ProposedEdit): string {
  const { reason, added, removed, changed, rewired } = edit;
  return [
    `May ${by} change the plan?${reason === null ? '' : ` ${reason}`}`,
    ...removed.map((step) => `- step ${step}`),
    ...added.map(
      ({ step, kind, agent, dependencies }) =>
        `+ step ${step} (${agent === null ? kind : `agent ${agent}`}): waits for ${namesOf(dependencies)}`,
    ),
    ...changed.map(({ step, members }) => `~ step ${step}: ${members.join(', ')}`),
    ...rewired.map(({ step, dependencies }) => `~ step ${step}: waits for ${namesOf(dependencies)}`),
  ].join('\n');
}

const namesOf = (keys: readonly string[]): string => (keys.length === 0 ? 'nothing' : keys.join(', '));

/** What the model gets, and what the thread says of it. */
export function outcomeText(outcome: Extract<Decided, { readonly kind: 'refused' | 'applied' }>): {
  readonly value: Json;
  readonly isError: boolean;
  readonly comment: string;
} {
  if (outcome.kind === 'refused') {
    const { code, why } = outcome;
    const value = `The plan was not changed (${code}): ${why}. Mend the proposal, or go on without it.`;
    return { value, isError: true, comment: `Proposed edit refused (${code}): ${why}` };
  }
  const { revision, change } = outcome;
  const { added, removed, changed, rewired } = change.edit;
  const touched = changed.map(({ name }) => name);
  const value = { revision, added, removed, changed: touched, rewired } as unknown as Json;
  const parts = [named('added', added), named('removed', removed), named('changed', touched)];
  const what = parts.filter((part) => part !== '').join('; ');
  return { value, isError: false, comment: `Edited the plan, revision ${revision}: ${what || 'rewired'}` };
}

function named(what: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  return `${what} ${names.slice(0, MAX_NAMED).join(', ')}${more}`;
}
