/**
 * Tool `edit_file`: replaces a text in a file, exactly once unless told otherwise.
 *
 * A call that is repeated after its worker died does not edit twice: before the file changes, a receipt says what it
 * will be; a file that already is what the receipt says is left alone.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { codeOf, quoted, type InsidePath } from '../../places/inside.ts';
import { asideOf } from '../../places/layout.ts';
import { builtIn, count, ToolRefusal, type ToolContext, type ToolReply } from '../tool.ts';
import { pathInside, readTextFile, writeTextFile } from './workspace-file.ts';

const input = z.strictObject({
  path: z.string().min(1).describe('Relative to the workspace.'),
  old_text: z.string().min(1).describe('The text to replace, exactly as it stands in the file.'),
  new_text: z.string().describe('What takes its place; empty to delete.'),
  replace_all: z
    .boolean()
    .optional()
    .describe('Replace every occurrence; otherwise there must be exactly one.'),
});
type Edit = z.infer<typeof input>;

export const editFileTool = builtIn({
  name: 'edit_file',
  description:
    'Replaces a text in a file of the workspace. old_text must match exactly, white space included, and stand there exactly once unless replace_all is true.',
  input,
  run: async (edit, context) => {
    const file = await pathInside(context.workspace, edit.path);
    const { text } = await readTextFile(file);
    const receipt = receiptOf(context, edit);
    const done = await replacementsDone(receipt, text);
    if (done !== null) return reply(file, done);
    const { replaced, replacements } = replace(text, edit, file);
    await leaveReceipt(context, receipt, { after: hashOf(replaced), replacements });
    await writeTextFile(context.workspace ?? '', file, replaced);
    return reply(file, replacements);
  },
});

function replace(
  text: string,
  edit: Edit,
  { shown }: InsidePath,
): { replaced: string; replacements: number } {
  const pieces = text.split(edit.old_text);
  const found = pieces.length - 1;
  if (found === 0)
    throw new ToolRefusal(`old_text does not stand in ${quoted(shown)}. ${hint(text, edit.old_text)}`);
  if (found > 1 && edit.replace_all !== true) {
    throw new ToolRefusal(
      `old_text stands ${found} times in ${quoted(shown)}. Take more of the text around it, or set replace_all.`,
    );
  }
  return { replaced: pieces.join(edit.new_text), replacements: found };
}

function hint(text: string, old: string): string {
  if (text.includes('\r\n') && text.replaceAll('\r\n', '\n').includes(old)) {
    return 'The lines of this file end in \\r\\n; write old_text and new_text so.';
  }
  return 'It must match exactly, white space included; read the file again.';
}

function reply({ shown }: InsidePath, replacements: number): ToolReply {
  const figure = count(replacements, 'replacement');
  return {
    value: `Edited ${shown}: ${figure}.`,
    isError: false,
    comment: `Edited file: ${shown} (${figure})`,
  };
}

interface Receipt {
  /** Hash of the text after the edit. */
  readonly after: string;
  readonly replacements: number;
}

function receiptOf({ workspace, idempotencyKey }: ToolContext, edit: Edit): string {
  return join(asideOf(workspace ?? ''), `edit-${hashOf(JSON.stringify([idempotencyKey, edit]))}`);
}

/** How many replacements an earlier try of this call has made; null when it has made none. */
async function replacementsDone(receipt: string, text: string): Promise<number | null> {
  try {
    const { after, replacements } = JSON.parse(await readFile(receipt, 'utf8')) as Receipt;
    return after === hashOf(text) ? replacements : null;
  } catch (error) {
    // Torn: the try died before it wrote the file.
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

async function leaveReceipt({ workspace }: ToolContext, receipt: string, content: Receipt): Promise<void> {
  await mkdir(asideOf(workspace ?? ''), { recursive: true });
  await writeFile(receipt, JSON.stringify(content));
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
