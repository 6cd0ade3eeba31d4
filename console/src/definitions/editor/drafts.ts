/** Texts that have been changed and not published: kept while the tab is open, by the name of the definition. */

const KEY = (name: string) => `baton.draft.${name}`;

export interface Draft {
  readonly text: string;
  /** The version that it was made from; undefined: none. */
  readonly from?: string | undefined;
}

export function readDraft(name: string): Draft | undefined {
  try {
    const stored = JSON.parse(sessionStorage.getItem(KEY(name)) ?? 'null') as Partial<Draft> | null;
    return typeof stored?.text === 'string' ? { text: stored.text, from: stored.from } : undefined;
  } catch {
    return undefined;
  }
}

/** @param draft undefined: it is published, or given up */
export function keepDraft(name: string, draft: Draft | undefined): void {
  try {
    if (draft === undefined) sessionStorage.removeItem(KEY(name));
    else sessionStorage.setItem(KEY(name), JSON.stringify(draft));
  } catch {
    // No storage, or it is full: the text is there as long as the page is.
  }
}
