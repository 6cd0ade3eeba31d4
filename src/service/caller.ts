/**
 * Who calls the service: what the way by which he came knows of him.
 *
 * Nobody is asked for his name yet, so every caller is `anonymous` and has every right. Whom a message says that it is
 * from (`by`) is a claim of its own: it stands in the run and in the record, and gives no right.
 */
import { NotAllowedError } from '../errors/errors.ts';

/** `read`: looks. `change`: does something, or wants it done. */
export type Right = 'read' | 'change';

export interface Caller {
  /** The name that he has proved; null = anonymous. */
  readonly who: string | null;
  readonly from: Origin;
  readonly rights: ReadonlySet<Right>;
}

/** Where a call comes from. */
export interface Origin {
  readonly transport: 'http' | 'grpc' | 'socket' | 'process';
  /** Of the other side of the connection. */
  readonly address: string | null;
  /** The program that he says to use. */
  readonly agent: string | null;
  /** From where a proxy says that it came; as it was sent. */
  readonly forwardedFor: string | null;
}

const EVERY_RIGHT: ReadonlySet<Right> = new Set(['read', 'change']);

/** Somebody whose name was not asked for. */
export function anonymous(from: Origin): Caller {
  return { who: null, from, rights: EVERY_RIGHT };
}

/** @throws NotAllowedError `not_allowed` */
export function assertMay({ rights }: Caller, right: Right): void {
  if (rights.has(right)) return;
  throw new NotAllowedError(
    'not_allowed',
    `This needs the right to ${right}, which this caller does not have.`,
  );
}
