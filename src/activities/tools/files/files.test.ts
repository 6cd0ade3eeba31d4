import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../../plan/json.ts';
import { maskingFor } from '../../../secrets/masking.ts';
import { ToolRefusal, type BuiltInTool, type ToolReply } from '../tool.ts';
import { editFileTool } from './edit-file.ts';
import { globMatcher } from './glob.ts';
import { listFilesTool } from './list-files.ts';
import { readFileTool } from './read-file.ts';
import { searchFilesTool } from './search-files.ts';
import { writeFileTool } from './write-file.ts';

const dir = mkdtempSync(join(tmpdir(), 'baton-files-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
let root = dir;
const masking = maskingFor(['canary-0123456789']);
let serial = 0;
beforeEach(() => {
  root = join(dir, String(++serial));
  mkdirSync(root);
});

const at = (path: string) => join(root, path);
function put(path: string, content: string | Buffer = 'x'): void {
  mkdirSync(join(at(path), '..'), { recursive: true });
  writeFileSync(at(path), content);
}

function call(tool: BuiltInTool, args: Json, key = `run-1/0/work/${++serial}.0`): Promise<ToolReply> {
  const signal = new AbortController().signal;
  return tool.call(args, { workspace: root, idempotencyKey: key, signal, masking });
}

async function refusal(ending: Promise<unknown>): Promise<string> {
  const error: unknown = await ending.then(
    () => new Error('it was not refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ToolRefusal)) throw error;
  return error.message;
}

describe('read_file', () => {
  it('answers with the text and tells its size', async () => {
    put('package.json', '{"name": "ünï"}\n');
    expect(await call(readFileTool, { path: 'package.json' })).toEqual({
      value: '{"name": "ünï"}\n',
      isError: false,
      comment: 'Reading file: package.json (18 bytes)',
    });
  });

  it.each([
    [{}, 'a\nb\nc\n'],
    [{ offset: 2 }, 'b\nc\n'],
    [{ offset: 2, limit: 1 }, 'b\n[lines 2 to 2 of 3; read on with offset 3]'],
    [{ limit: 9, offset: null }, 'a\nb\nc\n'],
  ])('reads lines %j', async (options, value) => {
    put('f', 'a\nb\nc\n');
    expect(await call(readFileTool, { path: 'f', ...options })).toMatchObject({ value });
  });

  it('reads a long file piece by piece, losing nothing', async () => {
    const lines = Array.from({ length: 5_000 }, (_, index) => `line ${index} ${'é'.repeat(20)}\n`);
    put('long', lines.join(''));
    let read = '';
    for (let offset: number | undefined = 1; offset !== undefined;) {
      const { value } = await call(readFileTool, { path: 'long', offset });
      expect(Buffer.byteLength(value as string)).toBeLessThan(65 * 1024);
      const note = /\[lines \d+ to \d+ of 5000; read on with offset (\d+)\]$/.exec(value as string);
      read += note === null ? (value as string) : (value as string).slice(0, note.index);
      offset = note === null ? undefined : Number(note[1]);
    }
    expect(read).toBe(lines.join(''));
  });

  it('cuts a line that is too long by itself, and says so', async () => {
    put('line', 'é'.repeat(50_000));
    const { value } = await call(readFileTool, { path: 'line' });
    expect(value).toMatch(/^é+\n\[cut: line 1 is longer than 64 KB/);
  });

  it('leaves no part of a secret where it cuts', async () => {
    put('long', `${'x'.repeat(64 * 1024 - 9)}canary-0123456789${'x'.repeat(100)}`);
    const read = await call(readFileTool, { path: 'long' });
    expect(JSON.stringify(read)).not.toContain('canary');
    put('found', `${'y'.repeat(291)}canary-0123456789`);
    const { value } = await call(searchFilesTool, { pattern: 'yyy' });
    expect(value).toBe(`found:1: ${'y'.repeat(291)}***`);
  });

  it('reads an empty file', async () => {
    put('empty', '');
    expect(await call(readFileTool, { path: 'empty' })).toMatchObject({ value: '' });
  });

  it.each([
    ['a file that is not there', { path: 'nothing' }, /"nothing" does not exist. Look with list_files/],
    ['a folder', { path: '.' }, /is a folder.*list_files/],
    ['a pipe', { path: 'pipe' }, /no regular file/],
    ['a device by link', { path: 'device' }, /leads out of the workspace/],
    ['what is no text', { path: 'binary' }, /no UTF-8 text \(4 bytes\)/],
    ['another encoding', { path: 'latin1' }, /no UTF-8 text/],
    ['too large a file', { path: 'huge' }, /20,000,000,000 bytes; files of at most 10,485,760 bytes/],
    ['a path outside', { path: '../x' }, /leads out/],
    ['a path through a file', { path: 'latin1/x' }, /a part of its path is a file/],
    ['a line that is not there', { path: 'empty', offset: 2 }, /has only 0 lines; there is no line 2/],
    ['no path', {}, /path: .*Call it again/],
    ['a wrong type', { path: 3 }, /path: /],
    ['an unknown argument', { path: 'x', lines: 3 }, /lines/],
    ['no object', 'x', /arguments: /],
  ])('refuses %s', async (_, args: Json, message) => {
    execFileSync('mkfifo', [at('pipe')]);
    symlinkSync('/dev/zero', at('device'));
    put('binary', Buffer.from([1, 0, 2, 3]));
    put('latin1', Buffer.from([0xfc]));
    put('empty', '');
    put('huge', '');
    truncateSync(at('huge'), 20_000_000_000);
    expect(await refusal(call(readFileTool, args))).toMatch(message);
  });

  it('says that the run has no workspace', async () => {
    const context = { workspace: null, idempotencyKey: 'k', signal: new AbortController().signal, masking };
    expect(await refusal(readFileTool.call({ path: 'x' }, context))).toContain('has no workspace');
  });
});

describe('write_file', () => {
  it('writes, with folders, and leaves nothing else behind', async () => {
    const content = 'ü'.repeat(602);
    expect(await call(writeFileTool, { path: 'src/new dir/a.ts', content })).toMatchObject({
      isError: false,
      comment: 'Writing file: src/new dir/a.ts (1,204 bytes)',
    });
    expect(readFileSync(at('src/new dir/a.ts'), 'utf8')).toBe(content);
    expect(readdirSync(at('src/new dir'))).toEqual(['a.ts']);
    expect(readdirSync(`${root}.aside`)).toEqual([]);
  });

  it('keeps the mode of what it replaces, and writes through a link inside', async () => {
    put('bin/run', 'old');
    chmodSync(at('bin/run'), 0o755);
    symlinkSync('bin/run', at('run'));
    await call(writeFileTool, { path: 'run', content: 'new' });
    expect(readFileSync(at('bin/run'), 'utf8')).toBe('new');
    expect(statSync(at('bin/run')).mode & 0o777).toBe(0o755);
    expect(lstatSync(at('run')).isSymbolicLink()).toBe(true);
  });

  it.each([
    ['the workspace itself', '.', /the workspace itself/],
    ['a folder', 'folder', /is a folder/],
    ['a path through a file', 'file/x', /a part of its path is a file/],
    ['a pipe', 'pipe', /no regular file/],
    ['a link to a file that does not exist yet', 'later', /link that leads nowhere/],
    ['a link outside', 'out/x', /leads out/],
    ['what belongs to git', '.git/hooks/pre-commit', /belongs to git/],
    ['what belongs to git, by another name', 'hooks/pre-commit', /belongs to git/],
    ['too long a name', 'x'.repeat(256), /too long a name/],
  ])('refuses %s', async (_, path, message) => {
    mkdirSync(at('folder'));
    mkdirSync(at('.git/hooks'), { recursive: true });
    put('file');
    execFileSync('mkfifo', [at('pipe')]);
    symlinkSync(join(dir, 'later'), at('later'));
    symlinkSync(dir, at('out'));
    symlinkSync('.git/hooks', at('hooks'));
    expect(await refusal(call(writeFileTool, { path, content: 'x' }))).toMatch(message);
    expect(existsSync(join(dir, 'later'))).toBe(false);
    expect(existsSync(join(dir, 'x'))).toBe(false);
    expect(readdirSync(at('.git/hooks'))).toEqual([]);
  });

  it('refuses more than a file may hold', async () => {
    const content = 'x'.repeat(11 * 1024 * 1024);
    expect(await refusal(call(writeFileTool, { path: 'x', content }))).toMatch(/at most 10,485,760 bytes/);
  });
});

describe('edit_file', () => {
  it('replaces the one occurrence', async () => {
    put('a.ts', 'let a = 1;\nlet b = 2;\n');
    expect(
      await call(editFileTool, { path: 'a.ts', old_text: 'b = 2', new_text: 'b = $& $1' }),
    ).toMatchObject({ isError: false, comment: 'Edited file: a.ts (1 replacement)' });
    expect(readFileSync(at('a.ts'), 'utf8')).toBe('let a = 1;\nlet b = $& $1;\n');
  });

  it('replaces all when told', async () => {
    put('a.ts', 'a a a');
    const edit = { path: 'a.ts', old_text: 'a', new_text: 'aa', replace_all: true };
    expect(await call(editFileTool, edit)).toMatchObject({ comment: 'Edited file: a.ts (3 replacements)' });
    expect(readFileSync(at('a.ts'), 'utf8')).toBe('aa aa aa');
  });

  it('done again by the machinery edits once; done again by the agent edits again', async () => {
    put('a.ts', 'one');
    const edit = { path: 'a.ts', old_text: 'one', new_text: 'one one', replace_all: true };
    const first = await call(editFileTool, edit, 'run-1/0/work/1.0');
    expect(await call(editFileTool, edit, 'run-1/0/work/1.0')).toEqual(first);
    expect(readFileSync(at('a.ts'), 'utf8')).toBe('one one');
    await call(editFileTool, edit, 'run-1/0/work/2.0');
    expect(readFileSync(at('a.ts'), 'utf8')).toBe('one one one one');
  });

  it('edits after a try that died with its receipt written and the file not', async () => {
    put('a.ts', 'one');
    const edit = { path: 'a.ts', old_text: 'one', new_text: 'two' };
    await call(editFileTool, edit, 'k');
    put('a.ts', 'one');
    expect(await call(editFileTool, edit, 'k')).toMatchObject({ isError: false });
    expect(readFileSync(at('a.ts'), 'utf8')).toBe('two');
  });

  it.each([
    ['a text that is not there', { old_text: 'zzz' }, /does not stand in "a.ts".*read the file again/],
    ['a text that is there twice', { old_text: 'a' }, /stands 2 times.*replace_all/],
    ['an empty text', { old_text: '' }, /old_text: /],
    ['the wrong line ends', { old_text: 'b\nc' }, /end in \\r\\n/],
  ])('refuses %s and changes nothing', async (_, edit, message) => {
    put('a.ts', 'a a\r\nb\r\nc');
    expect(await refusal(call(editFileTool, { path: 'a.ts', new_text: 'y', ...edit }))).toMatch(message);
    expect(readFileSync(at('a.ts'), 'utf8')).toBe('a a\r\nb\r\nc');
  });
});

describe('list_files', () => {
  beforeEach(() => {
    for (const path of ['b.ts', 'a.md', 'src/c.ts', 'src/deep/d.js', '.git/config', 'node_modules/x/i.js'])
      put(path);
  });

  it.each([
    [{}, ['a.md', 'b.ts', 'src/c.ts', 'src/deep/d.js'], 'Listed 4 files in .'],
    [{ path: 'src' }, ['src/c.ts', 'src/deep/d.js'], 'Listed 2 files in src'],
    [{ pattern: '*.ts' }, ['b.ts', 'src/c.ts'], 'Listed 2 files in .'],
    [{ path: 'src', pattern: 'src/*.ts' }, ['src/c.ts'], 'Listed 1 file in src'],
    [{ pattern: '*.py' }, ['No files.'], 'Listed 0 files in .'],
  ])('lists %j', async (args, lines, comment) => {
    expect(await call(listFilesTool, args)).toEqual({ value: lines.join('\n'), isError: false, comment });
  });

  it('shows links and pipes without following them, and odd names on one line', async () => {
    rmSync(at('src'), { recursive: true });
    symlinkSync(dir, at('link'));
    put('new\nline');
    const { value } = await call(listFilesTool, {});
    expect(value).toBe('a.md\nb.ts\nlink (link or special file)\n"new\\nline"');
  });

  it('is bounded and says so', async () => {
    for (let index = 0; index < 1_001; index++) put(`many/${index}`);
    const { value, comment } = await call(listFilesTool, { path: 'many' });
    expect((value as string).split('\n')).toHaveLength(1_001);
    expect(value).toContain('[there are more files');
    expect(comment).toBe('Listed 1,000 files (there are more) in many');
  });

  it.each([
    [{ path: 'a.md' }, /"a.md" cannot be: a part of its path is a file/],
    [{ path: 'no' }, /does not exist/],
    [{ path: '..' }, /leads out/],
    [{ pattern: '[z-a]' }, /no glob pattern/],
  ])('refuses %j', async (args, message) => {
    expect(await refusal(call(listFilesTool, args))).toMatch(message);
  });
});

describe('search_files', () => {
  beforeEach(() => {
    put('src/a.ts', 'const x = 1;\n// x.y\nlet z;\n');
    put('b.md', 'x is 1\n');
    put('binary', Buffer.from('x\0'));
  });

  it.each([
    [
      { pattern: 'x' },
      'b.md:1: x is 1\nsrc/a.ts:1: const x = 1;\nsrc/a.ts:2: // x.y',
      '"x": 3 matches in 2 files',
    ],
    [{ pattern: 'x.y', glob: '*.ts' }, 'src/a.ts:2: // x.y', '"x.y": 1 match in 1 file'],
    [{ pattern: 'X\\s+=|^let', regex: true }, 'src/a.ts:3: let z;', '"X\\\\s+=|^let": 1 match in 1 file'],
    [{ pattern: 'x', path: 'b.md' }, 'b.md:1: x is 1', '"x": 1 match in 1 file'],
    [
      { pattern: 'x', path: 'src' },
      'src/a.ts:1: const x = 1;\nsrc/a.ts:2: // x.y',
      '"x": 2 matches in 1 file',
    ],
    [{ pattern: '.*' }, 'No matches.', '".*": 0 matches in 0 files'],
  ])('finds %j', async (args, value, figure) => {
    expect(await call(searchFilesTool, args)).toEqual({
      value,
      isError: false,
      comment: `Searched for ${figure}`,
    });
  });

  it('ends soon with a pattern that would keep a backtracking engine busy for ever', async () => {
    put('evil', `${'a'.repeat(19_000)}!\n`.repeat(10));
    const { value } = await call(searchFilesTool, { pattern: '^(a+)+$', path: 'evil', regex: true });
    expect(value).toBe('No matches.');
  });

  it('is bounded and says so', async () => {
    put('many', 'x\n'.repeat(500));
    const { value } = await call(searchFilesTool, { pattern: 'x', path: 'many' });
    expect((value as string).split('\n')).toHaveLength(201);
    expect(value).toContain('[there are more than 200 matches');
  });

  it.each([
    [{ pattern: '(', regex: true }, /no regular expression/],
    [{ pattern: '(?=x)', regex: true }, /no look-around/],
    [{ pattern: '((a{1000}){1000}){1000}', regex: true }, /no regular expression/],
    [{ pattern: 'x', path: 'nowhere' }, /does not exist/],
  ])('refuses %j', async (args, message) => {
    expect(await refusal(call(searchFilesTool, args))).toMatch(message);
  });
});

describe('globMatcher', () => {
  it.each([
    ['*.ts', 'a.ts', true],
    ['*.ts', 'x/a.ts', true],
    ['*.ts', 'a.tsx', false],
    ['src/*.ts', 'src/a.ts', true],
    ['src/*.ts', 'src/x/a.ts', false],
    ['src/**/*.ts', 'src/a.ts', true],
    ['src/**/*.ts', 'src/x/y/a.ts', true],
    ['/src/*', 'src/a', true],
    ['src/**', 'src/x/y', true],
    ['*.{ts,js}', 'a.js', true],
    ['*.{ts,js}', 'a.md', false],
    ['[ab].ts', 'b.ts', true],
    ['[!ab].ts', 'b.ts', false],
    ['a,b}.ts', 'a,b}.ts', true],
    ['a?c', 'a/c', false],
    ['a.c', 'abc', false],
    ['\\*', '*', true],
    ['*', 'new\nline', true],
    ['ü*', 'übung', true],
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(globMatcher(pattern)(path)).toBe(expected);
  });

  it('ends soon whatever it holds', () => {
    expect(globMatcher(`${'*a'.repeat(40)}b`)('a'.repeat(5_000))).toBe(false);
  });
});
