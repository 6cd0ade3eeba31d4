/**
 * The scripts for `sh` by which snapshots are made and brought back: a few calls of git each, since every start of a
 * program of others has its price. They run as programs of others do, for files, attributes and nested repositories are
 * theirs. GIT_DIR is the store, GIT_WORK_TREE the workspace; `indexes/COMMIT` is the index of a commit, so that only what
 * has changed is read again.
 */

/** What was killed may have left a lock; nothing of ours holds one for longer than some ms. */
const BEGIN = `
set -e
[ -d "$GIT_DIR/objects" ] || (unset GIT_WORK_TREE; git init -q --bare --template=)
mkdir -p "$GIT_DIR/indexes" "$GIT_DIR/info"
find "$GIT_DIR/refs" -name '*.lock' -mmin +1 -exec rm -f {} +
[ -s "$GIT_DIR/info/attributes" ] || echo '* -text -filter -ident -working-tree-encoding' > "$GIT_DIR/info/attributes"`;

/** Takes the index of commit $1 into use, if there is a commit: by a link, for git writes no file in place. */
const TAKE_INDEX = `
take_index() {
  [ -n "$1" ] || return 0
  ln "$GIT_DIR/indexes/$1" "$GIT_INDEX_FILE" 2>/dev/null && return 0
  git read-tree "$1"
  git update-index -q --refresh > /dev/null || :
  fresh=1
}
keep_index() {
  rm -f "$GIT_DIR/indexes/$1"
  mv -f "$GIT_INDEX_FILE" "$GIT_DIR/indexes/$1"
}`;

/** Says the newest commit, or nothing, and what differs from it: each with a tag, as \`ls-files -t\` does. */
export const LOOK = `${BEGIN}${TAKE_INDEX}
fresh=
latest=$(git rev-parse -q --verify refs/baton/latest || :)
take_index "$latest"
printf '%s\\0' "$latest"
git ls-files -z -t -m -o --exclude-standard
if [ -n "$fresh" ]; then keep_index "$latest"; else rm -f "$GIT_INDEX_FILE"; fi`;

/**
 * Commits what there is on top of $1; $2: its message; then the paths that are to be dropped from the index. stdin: which
 * paths are looked at. Says the commit, or \`moved\` where another was faster, and then what git
 * could not read.
 */
export const RECORD = `${BEGIN}${TAKE_INDEX}
latest=$1 message=$2; shift 2
take_index "$latest"
[ "$#" -eq 0 ] || git update-index --force-remove -- "$@"
unread=
git add -A --ignore-errors --pathspec-from-file=- --pathspec-file-nul 2> "$GIT_INDEX_FILE.said" || {
  [ $? -eq 1 ] || { cat "$GIT_INDEX_FILE.said" >&2; exit 2; }
  unread=$(head -n 1 "$GIT_INDEX_FILE.said")
}
rm -f "$GIT_INDEX_FILE.said"
tree=$(git write-tree)
if [ -n "$latest" ] && [ "$(git rev-parse "$latest^{tree}")" = "$tree" ]; then commit=$latest
else
  commit=$(git commit-tree "$tree" \${latest:+-p "$latest"} -m "$message")
  git update-ref refs/baton/latest "$commit" "\${latest:-0000000000000000000000000000000000000000}" 2> /dev/null || {
    rm -f "$GIT_INDEX_FILE"; echo moved; exit 0; }
fi
keep_index "$commit"
[ -z "$latest" ] || [ "$commit" = "$latest" ] || rm -f "$GIT_DIR/indexes/$latest"
printf '%s\\n%s\\n' "$commit" "$unread"`;

/** Makes the files those of commit $1. They are as in commit $2, which stays reachable. */
export const SET_BACK = `${BEGIN}${TAKE_INDEX}
take_index "$2"
git read-tree --reset -u "$1"
keep_index "$1"
git update-ref "refs/baton/before/$2" "$2"
git update-ref refs/baton/latest "$1"`;

/** Says nothing; fails where commit $1 is not there. */
export const HAS = `${BEGIN}
git cat-file -e "$1^{tree}"`;

/** Writes commit $1 into the file $2, without what commit $3 has, if that is told and one that it follows from. */
export const PACK = `${BEGIN}
git update-ref "refs/baton/kept/$1" "$1"
without=
if [ -n "$3" ] && [ "$1" != "$3" ] && git merge-base --is-ancestor "$3" "$1" 2> /dev/null; then without=^$3; fi
git bundle create -q "$GIT_DIR/$2" "refs/baton/kept/$1" $without`;

/** Takes commit $1 out of the file $2. */
export const UNPACK = `${BEGIN}
git fetch -q --no-tags "$GIT_DIR/$2" "refs/baton/kept/$1:refs/baton/kept/$1"`;

export const REMOVE = `rm -f "$GIT_DIR/$1"`;

/**
 * Begins a store with the tree of commit $2 of the repository $1, as a commit that follows from that tree alone. Runs
 * before programs of others have been in either.
 */
export const FOUND = `${BEGIN}
git fetch -q --no-tags --depth=1 "$1" "$2"
GIT_AUTHOR_DATE='1000000000 +0000' GIT_COMMITTER_DATE='1000000000 +0000'
export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
base=$(git commit-tree 'FETCH_HEAD^{tree}' -m base)
rm -f "$GIT_DIR/shallow" "$GIT_DIR/FETCH_HEAD"
git update-ref refs/baton/base "$base"
git update-ref refs/baton/latest "$base"`;

/**
 * Begins a store with the snapshot of an empty workspace, and makes that one's own repository in the directory $1; $2:
 * the message. Says the commit. Runs before programs of others have been in either.
 */
export const FOUND_EMPTY = `${BEGIN}
(unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE; git init -q --template= "$1")
commit=$(git commit-tree "$(git mktree < /dev/null)" -m "$2")
git update-ref refs/baton/latest "$commit"
printf '%s' "$commit"`;

/** Says the commit that the store began with, or nothing. */
export const BASE = `${BEGIN}
git rev-parse -q --verify refs/baton/base || :`;
