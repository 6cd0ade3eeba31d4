/** Publishing a definition file through the API. */
import type { Published } from '../../contract/workflow.ts';
import { existsSync, statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import type { ApiClient } from '../client/api-client.ts';
import { readText } from './inputs.ts';
import { who } from '../client/who.ts';

/** What is doubtful about what was published, each with what to write. */
export function warningLines({ warnings }: Published): readonly string[] {
  return warnings.map(({ line, message, hint }) => {
    const place = line === undefined ? '' : `line ${line}: `;
    return `warning: ${place}${message}${hint === undefined ? '' : `\n    ${hint}`}`;
  });
}

const EXTENSIONS: ReadonlySet<string> = new Set(['.yaml', '.yml', '.json']);

/** Is `target` meant as a file, rather than as a workflow's name? */
export function isFile(target: string): boolean {
  return (
    target === '-' || EXTENSIONS.has(extname(target)) || (existsSync(target) && statSync(target).isFile())
  );
}

/** Publishes the text of `file` (`-`: stdin). The same text again is the same version. */
export async function publishFile(client: ApiClient, file: string): Promise<Published> {
  const query = new URLSearchParams({ file: basename(file), by: who() });
  return client.json<Published>(`/workflows?${query.toString()}`, {
    method: 'POST',
    body: readText(file),
    contentType: extname(file) === '.json' ? 'application/json' : 'application/yaml',
  });
}
