/**
 * The scripts that teach shells to complete `baton`: for bash our own, which needs no package beside it; for the others
 * those of @bomb.sh/tab. All ask `baton complete -- WORDS`, and take lines of `value TAB description`, the last one
 * `:directive`, as programs built on Cobra answer.
 */
import { writeTo } from '../terminal/output.ts';

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

/** Directives: files fit as well, or do not. */
export const FILES_FIT = 0;
export const NO_FILES = 4;

const BASH = `# bash completion for baton
_baton_complete() {
  local line file directive=0 current="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :*) directive="\${line#:}" ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <(baton complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [ "$directive" -eq ${FILES_FIT} ]; then
    while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$current")
    compopt -o filenames 2>/dev/null
  fi
}
complete -F _baton_complete baton
`;

/** Prints the script for a shell on stdout. */
export async function printScript(shell: Shell): Promise<void> {
  if (shell === 'bash') {
    writeTo(process.stdout, BASH);
    return;
  }
  const { script } = await import('@bomb.sh/tab');
  script(shell, 'baton', 'baton');
}
