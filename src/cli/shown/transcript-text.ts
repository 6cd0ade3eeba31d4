/** A session as people read it: who said what, calls of tools with their arguments, and what came back. */
import { clockText, zoneName } from '../terminal/local-time.ts';
import { valueText } from '../terminal/output.ts';
import { writeJson } from '../../plan/exact-json.ts';
import { shownValue } from '../terminal/whole-value.ts';

/** An entry as the API gives it; `content` is by its role. */
export interface EntryJson {
  readonly role: string;
  readonly depth?: number;
  readonly content: {
    readonly agent?: string;
    readonly system?: string;
    readonly tools?: readonly { readonly name: string }[];
    readonly text?: string;
    readonly source?: string;
    readonly by?: string | null;
    readonly model?: string;
    readonly from?: number;
    readonly to?: number;
    readonly calls?: readonly { readonly name: string; readonly input: unknown }[];
    readonly results?: readonly {
      readonly name: string;
      readonly output: unknown;
      readonly isError?: boolean;
      readonly is_error?: boolean;
    }[];
  };
  readonly created_at: string;
}

export function transcriptText(entries: readonly EntryJson[]): string {
  return entries
    .toSorted((a, b) => placeOf(a) - placeOf(b))
    .map((entry) => `── ${headOf(entry)}\n${bodyOf(entry)}`)
    .join('\n\n');
}

/** A summary is made later than what follows it: it is read where what it is of has ended. */
function placeOf({ role, depth = 0, content }: EntryJson): number {
  return role === 'summary' ? (content.to ?? depth) + 0.5 : depth;
}

function headOf({ role, content, created_at }: EntryJson): string {
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

function bodyOf({ role, content }: EntryJson): string {
  const lines = [content.system, content.text].filter((text) => text !== undefined && text !== '');
  if (role === 'setup' && content.tools !== undefined && content.tools.length > 0) {
    lines.push(`tools: ${content.tools.map((tool) => tool.name).join(', ')}`);
  }
  for (const { name, input } of content.calls ?? []) lines.push(`→ ${name} ${writeJson(input)}`);
  for (const { name, output, isError, is_error } of content.results ?? []) {
    const failed = isError === true || is_error === true;
    lines.push(`← ${name}${failed ? ' (failed)' : ''}: ${valueText(shownValue(output))}`);
  }
  return lines.join('\n');
}
