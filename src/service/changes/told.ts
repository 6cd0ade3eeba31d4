/** What a follower is told, in order: items as they come. */
export interface Told<Item> {
  /** None: nothing has come for a while. */
  readonly items: readonly Item[];
  /** This is all of it: what is followed has ended. */
  readonly ended: boolean;
}

/** How long nothing may come before a follower is told so. */
export const REST_MS = 15_000;
