/** What stands on the keys of a shortcut. */

/** `mod+k` → `Ctrl K`, `g r` → `g`, `r`. */
export function keyNames(keys: string): readonly string[] {
  const names: Readonly<Record<string, string>> = { mod: isMac() ? '⌘' : 'Ctrl', shift: 'Shift' };
  return keys.split(/[ +]/).map((key) => names[key] ?? key);
}

function isMac(): boolean {
  return navigator.userAgent.includes('Mac');
}
