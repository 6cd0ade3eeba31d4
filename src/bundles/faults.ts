/** What is wrong with a bundle, and where. */

/** Stable; each told in docs/bundles.md. */
export type FaultCode =
  | 'bundle_unreadable'
  | 'bundle_newer'
  | 'line_changed'
  | 'line_invalid'
  | 'row_invalid'
  | 'row_misplaced'
  | 'row_duplicate'
  | 'row_foreign'
  | 'row_differs'
  | 'row_missing'
  | 'event_invalid'
  | 'event_missing'
  | 'fold_failed'
  | 'plan_changed'
  | 'session_changed'
  | 'blob_changed'
  | 'blob_missing'
  | 'manifest_differs'
  | 'signature_missing'
  | 'signature_wrong'
  | 'key_wrong';

export interface Fault {
  readonly code: FaultCode;
  /** Of the unpacked file, from 1; null: it is about the whole. */
  readonly line: number | null;
  /** The row, or what else it is about. */
  readonly where: string;
  readonly message: string;
}

/** So many are listed; the rest is only counted. */
const MAX_LISTED = 100;

export class Faults {
  readonly listed: Fault[] = [];
  count = 0;

  add(code: FaultCode, line: number | null, where: string, message: string): void {
    this.count += 1;
    if (this.listed.length < MAX_LISTED) this.listed.push({ code, line, where, message });
  }
}
