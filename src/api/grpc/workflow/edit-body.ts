/** The edits of a plan as HTTP takes them. */
import type { Plain } from '../../../grpc/read-message.ts';

/** An edit without any of its kinds stays one, and is refused as such. */
export function editBody({ edits, ...body }: Plain): unknown {
  if (edits === undefined) return body;
  return { ...body, edits: (edits as readonly Plain[]).map(editOf) };
}

function editOf(edit: Plain): unknown {
  const [[kind, members] = ['none', {}]] = Object.entries(edit);
  return { op: kind.toUpperCase(), ...(members as object) };
}
