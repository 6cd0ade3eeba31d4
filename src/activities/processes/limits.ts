/** How much a program of others may use: limits of the kernel, set by the shell that starts it. */
import type { Config } from '../../config.ts';

export type LimitSettings = Pick<
  Config,
  | 'BATON_COMMAND_CPU_SECONDS'
  | 'BATON_COMMAND_MEMORY_MB'
  | 'BATON_COMMAND_PROCESSES'
  | 'BATON_COMMAND_FILE_MB'
>;

/**
 * Statements for `sh`. What cannot be set is passed over: a lower limit stands there already.
 *
 * @param own programs have a user or a namespace to themselves, so that only they count as its processes
 */
export function limitStatements(settings: LimitSettings, own: boolean): string {
  const {
    BATON_COMMAND_CPU_SECONDS: cpu,
    BATON_COMMAND_MEMORY_MB: memory,
    BATON_COMMAND_PROCESSES: processes,
    BATON_COMMAND_FILE_MB: file,
  } = settings;
  const statements = [
    // No core files: they hold what the program knew.
    set('c', 0),
    cpu === 0 ? '' : set('t', cpu),
    // Data, not address space: what a runtime only reserves does not count.
    memory === 0 ? '' : set('d', memory * 1024),
    file === 0 ? '' : set('f', file * 2048),
    processes === 0 || !own ? '' : `${set('u', processes)} || ${set('p', processes)}`,
  ];
  return statements.filter((statement) => statement !== '').join('; ');
}

const set = (flag: string, value: number): string => `ulimit -${flag} ${value} 2>/dev/null`;
