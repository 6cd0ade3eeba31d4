/** A tool's arguments that change a file: what goes and what comes. By their form, whatever the tool is called. Pure. */

export interface FileEdit {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

export function fileEditOf(input: unknown): FileEdit | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const { path, old_text: before, new_text: after, content } = input as Readonly<Record<string, unknown>>;
  if (typeof path !== 'string') return undefined;
  if (typeof before === 'string' && typeof after === 'string') return { path, before, after };
  return typeof content === 'string' ? { path, before: '', after: content } : undefined;
}
