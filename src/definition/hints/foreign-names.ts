/** Names of tools and types elsewhere, and what they are called here. */
import { plainWord } from './foreign-words.ts';

/** Names of tools that agents have elsewhere. */
const TOOLS: Readonly<Record<string, string>> = {
  ...{ read: 'read_file', view: 'read_file', cat: 'read_file', openfile: 'read_file', readfile: 'read_file' },
  ...{ write: 'write_file', create: 'write_file', writefile: 'write_file', createfile: 'write_file' },
  ...{ edit: 'edit_file', multiedit: 'edit_file', strreplace: 'edit_file', applypatch: 'edit_file' },
  ...{ editfile: 'edit_file', patch: 'edit_file' },
  ...{
    bash: 'run_command',
    shell: 'run_command',
    sh: 'run_command',
    exec: 'run_command',
    terminal: 'run_command',
  },
  ...{ command: 'run_command', runcommand: 'run_command', execute: 'run_command' },
  ...{
    ls: 'list_files',
    glob: 'list_files',
    listdir: 'list_files',
    listfiles: 'list_files',
    find: 'list_files',
  },
  ...{ grep: 'search_files', search: 'search_files', rg: 'search_files', searchfiles: 'search_files' },
  ...{
    webfetch: 'http_fetch',
    fetch: 'http_fetch',
    http: 'http_fetch',
    curl: 'http_fetch',
    httpfetch: 'http_fetch',
  },
  ...{
    ask: 'ask_user',
    askuser: 'ask_user',
    askhuman: 'ask_user',
    human: 'ask_user',
    askuserquestion: 'ask_user',
  },
};

/** The tool of Baton that does what a tool of this name does elsewhere. */
export function toolMeant(name: string): string | undefined {
  const plain = plainWord(name);
  return Object.hasOwn(TOOLS, plain) ? TOOLS[plain] : undefined;
}

/** Types of values as other languages call them. */
const TYPES: Readonly<Record<string, string>> = {
  ...{ str: 'string', text: 'string', char: 'string', file: 'string', date: 'string', datetime: 'string' },
  ...{ int: 'integer', long: 'integer', float: 'number', double: 'number', decimal: 'number', num: 'number' },
  ...{ bool: 'boolean', flag: 'boolean', list: 'array', tuple: 'array', dict: 'object', map: 'object' },
  ...{ json: 'any', mixed: 'any', unknown: 'any', struct: 'object', hash: 'object' },
};

/** The type that is meant by a word of another language. */
export function typeMeant(name: string): string | undefined {
  const plain = plainWord(name);
  return Object.hasOwn(TYPES, plain) ? TYPES[plain] : undefined;
}
