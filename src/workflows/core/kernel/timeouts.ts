/** How long activities and waits on the side may take, in ms. */

/** The activity ends itself at its timeout and has this long to stop what it started; then Temporal ends it. */
export const CLOSE_MARGIN_MS = 5_000;
/** How long Temporal's own cancel request may lag behind the command. */
export const CANCEL_REQUEST_MS = 2_000;
/** A worker that says nothing for so long is taken for dead. */
export const HEARTBEAT_MS = 20_000;
