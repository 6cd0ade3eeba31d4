/** What `baton doctor` found out about one thing. */

/** `ok` and `skipped` need nobody; a `warning` should be known; a `problem` should be mended. */
export type State = 'ok' | 'warning' | 'problem' | 'skipped';

export interface Finding {
  /** Stable, for programs: `home_files`, `temporal`, … */
  readonly check: string;
  readonly state: State;
  /** What is so. */
  readonly says: string;
  /** What helps; there for warnings and problems. */
  readonly remedy?: string;
}

export const ok = (check: string, says: string): Finding => ({ check, state: 'ok', says });
export const skipped = (check: string, says: string): Finding => ({ check, state: 'skipped', says });

export function warning(check: string, says: string, remedy: string): Finding {
  return { check, state: 'warning', says, remedy };
}

export function problem(check: string, says: string, remedy: string): Finding {
  return { check, state: 'problem', says, remedy };
}
