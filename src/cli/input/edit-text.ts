/** A text in the editor of whoever is there: $VISUAL, else $EDITOR. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError, EXIT } from '../exit.ts';

/** The text as it is saved. @throws CliError when there is no editor, or it fails: nothing has changed then */
export function editText(text: string, name: string): string {
  const editor = process.env['VISUAL'] ?? process.env['EDITOR'] ?? '';
  if (editor === '') {
    throw new CliError(EXIT.usage, 'there is no $EDITOR; set it, or give the definition with --file', {
      code: 'no_editor',
    });
  }
  const folder = mkdtempSync(join(tmpdir(), 'baton-edit-'));
  try {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    // As git does: an editor may have words of its own behind it.
    const { status } = spawnSync('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
    if (status !== 0) {
      throw new CliError(EXIT.failed, `the editor ended with ${status ?? 'a signal'}; nothing was changed`, {
        code: 'editor_failed',
      });
    }
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
