/** A span as it waits to be sent: all of it but the trace, which is that of its run. */

/** What it says of itself. Numbers are whole, or seconds. */
export type Attributes = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** `client`: the other side of it may have spans below. */
export type SpanKind = 'internal' | 'client';

export interface SpanEvent {
  readonly name: string;
  /** ISO text in UTC. */
  readonly at: string;
  readonly attributes: Attributes;
}

/** To the first span of another run. */
export interface RunLink {
  readonly run: string;
  /** Why: `forked_from`, `redirected_from`, `rerun_of`, `promoted_from`. */
  readonly because: string;
}

export interface Span {
  /** 16 hexadecimal digits. */
  readonly id: string;
  /** Its parent's; null: the first of its run, whose parent is whoever started that, if he said so. */
  readonly parent: string | null;
  readonly name: string;
  readonly kind: SpanKind;
  /** ISO texts in UTC; `to` is never before `from`. */
  readonly from: string;
  readonly to: string;
  /** null: all went well; else why it did not, for people. */
  readonly error: string | null;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly RunLink[];
}
