/** Which checkpoints of a run go when it is pruned. Pure. */
import type { KeptReason } from '../../contract/checkpoint.ts';

/** As much of a checkpoint as this takes. */
export interface Point {
  readonly number: number;
  readonly reason: string | null;
  readonly label: string | null;
  readonly created_at: Date;
}

/** What hangs on checkpoints of the run. */
export interface Ties {
  /** Number of the one that the present epoch began at; null: it began anew. */
  readonly branch: number | null;
  /** Numbers of those at which other runs began, whatever has become of them. */
  readonly forked: ReadonlySet<number>;
  /** Numbers of those that the run was set back to. */
  readonly restored: ReadonlySet<number>;
}

export interface Wanted {
  /** So many of the newest stay, at least one. */
  readonly keep: number;
  /** Those made since then stay. */
  readonly before: Date;
  readonly keepLabelled: boolean;
}

export interface Kept {
  readonly number: number;
  readonly label: string | null;
  readonly reason: KeptReason;
}

/**
 * Goes what is neither among the newest, nor young, nor needed. The newest end stays, since the run is continued from it;
 * so does what the present epoch, a restore or another run began at.
 *
 * @param points the newest first
 */
export function whatGoes(
  points: readonly Point[],
  ties: Ties,
  { keep, before, keepLabelled }: Wanted,
): { readonly goes: readonly number[]; readonly needed: readonly Kept[] } {
  const end = points.find(({ reason }) => reason === 'close')?.number;
  const reasonOf = ({ number, label }: Point): KeptReason | null => {
    if (ties.forked.has(number)) return 'forked';
    if (number === end) return 'end';
    if (number === ties.branch) return 'branch';
    if (ties.restored.has(number)) return 'restored';
    return label !== null && keepLabelled ? 'labelled' : null;
  };
  const old = points.slice(keep).filter(({ created_at }) => created_at < before);
  const told = old.map((point) => ({ number: point.number, label: point.label, reason: reasonOf(point) }));
  return {
    goes: told.flatMap(({ number, reason }) => (reason === null ? [number] : [])).toReversed(),
    needed: told.flatMap(({ reason, ...rest }) => (reason === null ? [] : [{ ...rest, reason }])),
  };
}
