/** An event of the record in one line. Pure. */
import type { RunEvent } from '../../api/generated.ts';

type Data = Readonly<Record<string, unknown>>;

export function eventWords({
  type,
  data,
  step,
  turn,
}: Pick<RunEvent, 'type' | 'data' | 'step' | 'turn'>): string {
  const given = (typeof data === 'object' && data !== null ? data : {}) as Data;
  const text = (name: string) => (typeof given[name] === 'string' ? given[name] : undefined);
  const of = step ?? 'The run';
  switch (type) {
    case 'workflow_start':
      return `Started${text('started_by') === undefined ? '' : ` by ${text('started_by')}`}`;
    case 'plan':
      return `The plan, revision ${String(given['revision'] as number)}: ${String(given['step_count'] as number)} steps`;
    case 'status_change':
      return `${of}: ${text('from') ?? '?'} → ${text('to') ?? '?'}${text('reason') === undefined ? '' : `: ${text('reason')}`}`;
    case 'llm_complete':
      return `${of}: ${text('model') ?? 'a model'} answered in turn ${turn ?? '?'}${text('preview') ? `: ${text('preview')}` : ''}`;
    case 'tool_call':
      return `${of} calls ${text('name') ?? 'a tool'} ${text('preview') ?? ''}`;
    case 'tool_response':
      return `${text('name') ?? 'A tool'}${given['is_error'] === true ? ' failed' : ''}: ${text('comment') ?? text('preview') ?? ''}`;
    case 'question':
      return `${of} ${text('action') ?? 'asks'}: ${text('preview') ?? ''}`;
    case 'error':
      return `${of}: ${text('message') ?? text('type') ?? 'an error'}`;
    case 'message':
      return `${text('author') ?? step ?? 'Baton'}: ${text('content') ?? text('status') ?? text('action') ?? ''}`;
    case 'complete':
      return `Ended: ${text('status') ?? ''}`;
    default:
      return `${of}: ${[text('state'), text('action'), text('message'), text('reason')].filter((one) => one !== undefined).join(', ')}`;
  }
}

/** It tells of something that went wrong. */
export function isFault({ type, data }: Pick<RunEvent, 'type' | 'data'>): boolean {
  const given = (data ?? {}) as Data;
  if (type === 'error') return true;
  if (type === 'tool_response') return given['is_error'] === true;
  return type === 'status_change' && given['to'] === 'failed';
}
