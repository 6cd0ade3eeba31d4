/** Tool `write_file`: a whole text file, with its folders. Doing it twice is doing it once. */
import { z } from 'zod';
import { builtIn, count, ToolRefusal } from '../tool.ts';
import { pathInside, writeTextFile, MAX_FILE_BYTES } from './workspace-file.ts';

const input = z.strictObject({
  path: z.string().min(1).describe('Relative to the workspace. Missing folders are made.'),
  content: z.string().describe('The whole text of the file.'),
});

export const writeFileTool = builtIn({
  name: 'write_file',
  description:
    'Writes a text file of the workspace, whole; what stood there is replaced. For small changes of a file use edit_file.',
  input,
  run: async ({ path, content }, { workspace }) => {
    const file = await pathInside(workspace, path);
    const bytes = Buffer.byteLength(content);
    if (bytes > MAX_FILE_BYTES) {
      throw new ToolRefusal(
        `The content has ${count(bytes, 'byte')}; at most ${count(MAX_FILE_BYTES, 'byte')} can be written. Split it.`,
      );
    }
    await writeTextFile(workspace ?? '', file, content);
    const size = count(bytes, 'byte');
    return {
      value: `Wrote ${size} to ${file.shown}.`,
      isError: false,
      comment: `Writing file: ${file.shown} (${size})`,
    };
  },
});
