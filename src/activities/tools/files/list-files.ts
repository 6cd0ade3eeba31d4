/** Tool `list_files`: what files there are, bounded. */
import { z } from 'zod';
import { clipEnd } from '../clip.ts';
import { builtIn, count } from '../tool.ts';
import { globMatcher } from './glob.ts';
import { newWalk, walk } from './walk.ts';
import { inWords, pathInside } from './workspace-file.ts';

/** Most files in one answer. */
const MAX_LISTED = 1_000;

const input = z.strictObject({
  path: z
    .string()
    .optional()
    .describe('Folder, relative to the workspace; the whole workspace when left out.'),
  pattern: z.string().min(1).max(500).optional().describe('Glob such as *.ts or src/**/*.test.ts.'),
});

export const listFilesTool = builtIn({
  name: 'list_files',
  description:
    'Lists the files below a folder of the workspace, one a line, .git and node_modules left out; at most 1,000.',
  input,
  run: async ({ path = '.', pattern }, { workspace, signal, masking }) => {
    const folder = await pathInside(workspace, path);
    const matches = globMatcher(pattern);
    const listed: string[] = [];
    const state = newWalk();
    await inWords(folder.shown, async () => {
      for await (const file of walk(folder.real, state, signal)) {
        const shown = folder.shown === '.' ? file.path : `${folder.shown}/${file.path}`;
        if (!matches(file.path) && !matches(shown)) continue;
        state.cut ||= listed.length === MAX_LISTED;
        if (state.cut) break;
        listed.push(file.regular ? lineOf(shown) : `${lineOf(shown)} (link or special file)`);
      }
    });
    const figure = `${count(listed.length, 'file')}${state.cut ? ' (there are more)' : ''}`;
    const note = state.cut ? ['[there are more files; take a folder or a pattern]'] : [];
    const text = listed.length === 0 ? 'No files.' : [...listed, ...note].join('\n');
    return {
      value: clipEnd(masking.mask(text), 'Take a folder or a pattern.'),
      isError: false,
      comment: `Listed ${figure} in ${folder.shown}`,
    };
  },
});

/** Names may hold line ends; a line is a file all the same. */
export function lineOf(path: string): string {
  return /[\u0000-\u001f\u007f]/.test(path) ? JSON.stringify(path) : path;
}
