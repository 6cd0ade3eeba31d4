/** A session as people read it: who said what, calls of tools with their arguments, and what came back. */
import type { SessionMessage } from '../../contract/call.ts';
import type { SessionEntry } from '../../protocol/session.ts';
import { clockText, zoneName } from '../terminal/local-time.ts';
import { valueText } from '../terminal/output.ts';
import { writeJson } from '../../plan/exact-json.ts';
import { shownValue, type SuppliedJson } from './whole-value.ts';

type ContentOf<Role> = Extract<SessionEntry, { readonly role: Role }>['content'];

/** An entry as the API gives it; what `content` holds goes by its role. */
export type Entry = Pick<SessionMessage, 'role' | 'created_at'> &
  Partial<Pick<SessionMessage, 'depth'>> & {
    readonly content: Partial<
      Pick<ContentOf<'setup'>, 'agent' | 'system'> &
        ContentOf<'user'> &
        Pick<ContentOf<'assistant'>, 'model'> &
        ContentOf<'summary'>
    > & {
      readonly tools?: readonly Pick<ContentOf<'setup'>['tools'][number], 'name'>[];
      readonly calls?: readonly Pick<ContentOf<'assistant'>['calls'][number], 'name' | 'input'>[];
      readonly results?: readonly ToldResult[];
    };
  };

/** What a tool has answered; large outputs by reference (whole-value.ts). */
type ToldResult = Pick<ContentOf<'tool'>['results'][number], 'name' | 'isError'> & {
  readonly output: SuppliedJson;
};

export function transcriptText(entries: readonly Entry[]): string {
  return entries
    .toSorted((a, b) => placeOf(a) - placeOf(b))
    .map((entry) => `── ${headOf(entry)}\n${bodyOf(entry)}`)
    .join('\n\n');
}

/** A summary is made later than what follows it: it is read where what it is of has ended. */
function placeOf({ role, depth = 0, content }: Entry): number {
  return role === 'summary' ? (content.to ?? depth) + 0.5 : depth;
}

function headOf({ role, content, created_at }: Entry): string {
  const time = `${clockText(created_at)} ${zoneName(new Date(created_at))}`;
  switch (role) {
    case 'setup':
      return `${time} agent ${content.agent ?? ''}`.trimEnd();
    case 'user':
      return `${time} ${content.source ?? 'user'}${content.by == null ? '' : ` by ${content.by}`}`;
    case 'assistant':
      return `${time} ${content.model ?? 'assistant'}`;
    case 'summary':
      return `${time} summary of entries ${content.from ?? ''} to ${content.to ?? ''} (--full shows them)`;
    default:
      return `${time} ${role}`;
  }
}

function bodyOf({ role, content }: Entry): string {
  const lines = [content.system, content.text].filter((text) => text !== undefined && text !== '');
  if (role === 'setup' && content.tools !== undefined && content.tools.length > 0) {
    lines.push(`tools: ${content.tools.map((tool) => tool.name).join(', ')}`);
  }
  for (const { name, input } of content.calls ?? []) lines.push(`→ ${name} ${writeJson(input)}`);
  for (const { name, output, isError } of content.results ?? []) {
    lines.push(`← ${name}${isError ? ' (failed)' : ''}: ${valueText(shownValue(output))}`);
  }
  return lines.join('\n');
}
