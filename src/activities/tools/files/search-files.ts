/**
 * Tool `search_files`: lines that hold a text or match a regular expression (RE2: linear time, so no pattern can hang a
 * worker). Bounded by matches, bytes and time; what was left out is said.
 */
import { stat } from 'node:fs/promises';
import { RE2JS } from 're2js';
import { z } from 'zod';
import { messageOf } from '../../../errors/errors.ts';
import type { InsidePath } from '../../places/inside.ts';
import { maskedHead } from '../../../secrets/masking.ts';
import { clipEnd } from '../clip.ts';
import { builtIn, count, ToolRefusal, type ToolContext } from '../tool.ts';
import { globMatcher } from './glob.ts';
import { lineOf } from './list-files.ts';
import { newWalk, walk, type WalkedFile, type WalkState } from './walk.ts';
import { inWords, pathInside, readRegular, decodedText } from './workspace-file.ts';

const MAX_MATCHES = 200;
const MAX_FILE_BYTES = 2 * 1024 * 1024;
const MAX_TOTAL_BYTES = 256 * 1024 * 1024;
const MAX_MS = 20_000;
/** Of one line: what is looked at, and what is shown, in characters. */
const LINE_LOOKED_AT = 20_000;
const LINE_SHOWN = 300;

const input = z.strictObject({
  pattern: z
    .string()
    .min(1)
    .max(1_000)
    .describe('The text to look for; a regular expression when regex is true.'),
  path: z.string().optional().describe('Folder or file, relative to the workspace.'),
  glob: z.string().min(1).max(500).optional().describe('Only files that match, such as *.ts.'),
  regex: z
    .boolean()
    .optional()
    .describe('RE2 syntax: no look-around, no back references. (?i) ignores case.'),
});
type Search = z.infer<typeof input>;

export const searchFilesTool = builtIn({
  name: 'search_files',
  description:
    'Searches text files of the workspace line by line; answers path:line: text, at most 200 matches.',
  input,
  run: async (search, { workspace, signal, masking }) => {
    const start = await pathInside(workspace, search.path ?? '.');
    const found = await inWords(start.shown, () => find(start, search, { signal, masking }));
    const { lines, files, left } = found;
    const note = left === null ? [] : [`[${left}; take a folder, a glob or a more exact pattern]`];
    const text = [...(lines.length === 0 ? ['No matches.'] : lines), ...note].join('\n');
    return {
      value: clipEnd(masking.mask(text), 'Take a folder, a glob or a more exact pattern.'),
      isError: false,
      comment: `Searched for ${shownPattern(search)}: ${count(lines.length, 'match', 'matches')} in ${count(files, 'file')}`,
    };
  },
});

interface Found {
  readonly lines: string[];
  /** Files with matches. */
  files: number;
  /** Bytes looked at. */
  bytes: number;
  /** Why there may be more, or null. */
  left: string | null;
}

async function find(
  start: InsidePath,
  search: Search,
  { signal, masking }: Pick<ToolContext, 'signal' | 'masking'>,
): Promise<Found> {
  const found: Found = { lines: [], files: 0, bytes: 0, left: null };
  const holds = lineMatcher(search);
  const show = (line: string) => maskedHead(masking, line.trimEnd(), LINE_SHOWN);
  const matches = globMatcher(search.glob);
  const state = newWalk();
  const until = performance.now() + MAX_MS;
  for await (const file of filesOf(start, state, signal)) {
    if (!file.regular || (!matches(file.path) && !matches(shownIn(start, file)))) continue;
    await searchFile(file.real, shownIn(start, file), { holds, show }, found);
    if (performance.now() > until) found.left ??= `stopped after ${MAX_MS / 1_000} s`;
    if (found.bytes > MAX_TOTAL_BYTES) found.left ??= 'stopped after 256 MB';
    if (found.left !== null) return found;
  }
  if (state.cut) found.left = 'stopped after 100,000 files';
  return found;
}

/** A folder's files, or the one file that is asked for. */
async function* filesOf(
  start: InsidePath,
  state: WalkState,
  signal: AbortSignal,
): AsyncGenerator<WalkedFile> {
  const found = await stat(start.real);
  if (found.isDirectory()) yield* walk(start.real, state, signal);
  else yield { real: start.real, path: start.shown, regular: found.isFile() };
}

function shownIn(start: InsidePath, file: WalkedFile): string {
  return start.shown === '.' || file.real === start.real ? file.path : `${start.shown}/${file.path}`;
}

async function searchFile(
  real: string,
  shown: string,
  { holds, show }: { readonly holds: (line: string) => boolean; readonly show: (line: string) => string },
  found: Found,
): Promise<void> {
  // What is barred, too large or no text is passed over.
  const content = await readRegular(real, shown, MAX_FILE_BYTES).catch(() => null);
  const text = content === null ? null : decodedText(content);
  if (text === null) return;
  found.bytes += text.length;
  const before = found.lines.length;
  for (const [index, line] of text.split('\n').entries()) {
    if (!holds(line.slice(0, LINE_LOOKED_AT))) continue;
    if (found.lines.length === MAX_MATCHES) {
      found.left = `there are more than ${MAX_MATCHES} matches`;
      break;
    }
    found.lines.push(`${lineOf(shown)}:${index + 1}: ${show(line)}`);
  }
  if (found.lines.length > before) found.files++;
}

function lineMatcher({ pattern, regex }: Search): (line: string) => boolean {
  if (regex !== true) return (line) => line.includes(pattern);
  try {
    const compiled = RE2JS.compile(pattern);
    return (line) => compiled.test(line);
  } catch (error) {
    throw new ToolRefusal(
      `${JSON.stringify(pattern)} is no regular expression of RE2 (which has no look-around and no back references): ${messageOf(error)}.`,
    );
  }
}

function shownPattern({ pattern }: Search): string {
  return JSON.stringify(pattern.length <= 80 ? pattern : `${pattern.slice(0, 80)}…`);
}
