/** The scripts for `sh` that stand between the worker and a program of others. */

/**
 * Covers what is hidden by empty directories, and puts back the one directory that is not. It is the working directory
 * when this begins, so it is still at hand when the way to it is covered. Arguments: that directory or nothing, where
 * to go on, how many are hidden, these, and what to start.
 *
 * The worker's own files are for nobody else (its umask), but the way that is made here is the program's.
 */
export const VIEW = `
umask 022
base=$1 cwd=$2 left=$3; shift 3
while [ "$left" -gt 0 ]; do
  mount -t tmpfs -o size=64k,mode=0755 none "$1" || exit 125
  shift; left=$((left-1))
done
[ -z "$base" ] || { mkdir -p "$base" && mount --no-canonicalize --bind . "$base"; } || exit 125
cd "$cwd" || exit 125
exec "$@"`;

/** Variables travel as `BATON_ENV_0=NAME=value` …; those that a shell cannot hold are left to `env`. */
const PACKED = 'BATON_ENV_';
const UNPACK = `
unset PWD OLDPWD
n=$1 i=0 odd=; shift
while [ "$i" -lt "$n" ]; do
  eval "pair=\\$${PACKED}$i"; unset "${PACKED}$i"; i=$((i+1))
  case \${pair%%=*} in
    ''|n|i|odd|pair|UID|EUID|PPID|SHELLOPTS|BASHOPTS|BASH_*|[0-9]*|*[!A-Za-z0-9_]*)
      set -- "$pair" "$@"; odd=1;;
    *) export "$pair";;
  esac
done
[ -z "$odd" ] || set -- env "$@"
unset n i odd pair`;

/** An environment as {@link startScript} takes it. */
export function packed(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value], i) => [`${PACKED}${i}`, `${name}=${value}`]),
  );
}

/**
 * The last step: limits, then the program's own environment, then the program. Until here nothing that its author wrote
 * has been in the environment, since a variable such as LD_PRELOAD would act on the launcher, with the worker's rights.
 * Arguments: the number of variables, and the program with its own.
 *
 * @param isFirst it is the first process of its namespace, and stays to clear away those that have lost their parents
 */
export function startScript(limits: string, isFirst: boolean): string {
  // `exec` and no plain call: a program is meant, never a word of the shell.
  // The stack's own files are for nobody else, but a program's are as usual.
  return ['umask 022', limits, UNPACK, isFirst ? '(exec "$@"); exit $?' : 'exec "$@"'].join('\n');
}
