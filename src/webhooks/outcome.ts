/** What a try came to. */
export type Outcome = Arrived | Failed;

export interface Arrived {
  readonly arrived: true;
  /** Of HTTP; null of mail. */
  readonly status: number | null;
}

export interface Failed {
  readonly arrived: false;
  readonly status: number | null;
  /** For people; nothing that the receiver has said. */
  readonly error: string;
  /** What the receiver has asked for. */
  readonly retryAfterMs: number | null;
  /** The receiver wants nothing any more. */
  readonly gone: boolean;
}

export const arrived = (status: number | null): Arrived => ({ arrived: true, status });

export function failed(error: string, more: Partial<Omit<Failed, 'arrived' | 'error'>> = {}): Failed {
  return { arrived: false, status: null, retryAfterMs: null, gone: false, ...more, error };
}
