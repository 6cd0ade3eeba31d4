/** Tool `read_file`: text of the workspace, by lines, as it stands. */
import { z } from 'zod';
import { maskedHead, type Masking } from '../../../secrets/masking.ts';
import { headOf, MAX_REPLY_BYTES } from '../clip.ts';
import { builtIn, count, ToolRefusal } from '../tool.ts';
import { quoted } from '../../places/inside.ts';
import { pathInside, readTextFile } from './workspace-file.ts';

const input = z.strictObject({
  path: z.string().min(1).describe('Relative to the workspace.'),
  offset: z.int().min(1).optional().describe('First line to read, counted from 1.'),
  limit: z.int().min(1).optional().describe('How many lines to read.'),
});

export const readFileTool = builtIn({
  name: 'read_file',
  description:
    'Reads a text file of the workspace. At most 64 KB at once: what is longer is read on with offset and limit.',
  input,
  run: async ({ path, offset = 1, limit }, { workspace, masking }) => {
    const file = await pathInside(workspace, path);
    const { text, bytes } = await readTextFile(file);
    const value = excerpt(text, { offset, limit, shown: file.shown, masking });
    return { value, isError: false, comment: `Reading file: ${file.shown} (${count(bytes, 'byte')})` };
  },
});

interface Wanted {
  readonly offset: number;
  readonly limit: number | undefined;
  readonly shown: string;
  readonly masking: Masking;
}

/** The lines asked for, as many as fit, and a note when others follow. */
function excerpt(text: string, { offset, limit, shown, masking }: Wanted): string {
  const lines = linesOf(text);
  if (offset > Math.max(1, lines.length)) {
    throw new ToolRefusal(
      `${quoted(shown)} has only ${count(lines.length, 'line')}; there is no line ${offset}.`,
    );
  }
  const wanted = lines.slice(offset - 1, limit === undefined ? undefined : offset - 1 + limit);
  const fitting = fit(wanted);
  const last = offset - 1 + fitting.length;
  if (fitting.length === 0 && wanted.length > 0)
    return `${headOf(maskedHead(masking, wanted[0] ?? '', MAX_REPLY_BYTES), MAX_REPLY_BYTES)}\n${longLine(offset)}`;
  const body = fitting.join('');
  if (last >= lines.length) return body;
  const gap = body.endsWith('\n') ? '' : '\n';
  return `${body}${gap}[lines ${offset} to ${last} of ${lines.length}; read on with offset ${last + 1}]`;
}

/** Lines with their ends, so that joined they are the text again. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function fit(lines: readonly string[]): readonly string[] {
  let bytes = 0;
  const end = lines.findIndex((line) => (bytes += Buffer.byteLength(line)) > MAX_REPLY_BYTES);
  return end === -1 ? lines : lines.slice(0, end);
}

function longLine(offset: number): string {
  return `[cut: line ${offset} is longer than 64 KB. Look for parts of it with search_files, or go on with offset ${offset + 1}]`;
}
