/** A session as people read it: who said what, calls of tools with their arguments, and what came back. */
import { clockText, zoneName } from './local-time.ts';
import { valueText } from './output.ts';

/** An entry as the API gives it; `content` is by its role. */
export interface EntryJson {
  readonly role: string;
  readonly content: {
    readonly agent?: string;
    readonly system?: string;
    readonly tools?: readonly { readonly name: string }[];
    readonly text?: string;
    readonly source?: string;
    readonly by?: string | null;
    readonly model?: string;
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
  return entries.map((entry) => `── ${headOf(entry)}\n${bodyOf(entry)}`).join('\n\n');
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
    default:
      return `${time} ${role}`;
  }
}

function bodyOf({ role, content }: EntryJson): string {
  const lines = [content.system, content.text].filter((text) => text !== undefined && text !== '');
  if (role === 'setup' && content.tools !== undefined && content.tools.length > 0) {
    lines.push(`tools: ${content.tools.map((tool) => tool.name).join(', ')}`);
  }
  for (const { name, input } of content.calls ?? []) lines.push(`→ ${name} ${JSON.stringify(input)}`);
  for (const { name, output, isError, is_error } of content.results ?? []) {
    const failed = isError === true || is_error === true;
    lines.push(`← ${name}${failed ? ' (failed)' : ''}: ${valueText(suppliedValue(output))}`);
  }
  return lines.join('\n');
}

/** Results stand inline as `{value}`, large ones as `{ref}`. */
function suppliedValue(output: unknown): unknown {
  return typeof output === 'object' && output !== null && 'value' in output ? output.value : output;
}
