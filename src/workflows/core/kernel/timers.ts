/** What timers are for, and how each behaves beside what it leads to. */

interface TimerRule {
  /** Which pauses it stands still in: every one, only the strictest, or none. */
  readonly pauses: 'always' | 'now' | 'never';
  /** It concerns one execution only and does not travel into the next. */
  readonly stays?: true;
  /** Its step counts as open meanwhile, though no worker is at it. */
  readonly occupies?: true;
}

const RULES = {
  /** A step, or without one the plan's loader, is tried again. */
  retry: { pauses: 'always' },
  /** A step lasts until then. */
  wait: { pauses: 'always', occupies: true },
  /** The pause ends by itself. */
  pause: { pauses: 'never' },
  /** A cancel message waits for Temporal's own request. */
  request: { pauses: 'never' },
  /** A cancellation that does not end by itself is ended. */
  grace: { pauses: 'never' },
  /** The run's own timeout. */
  timeout: { pauses: 'always' },
  /** The wait for continue-as-new is given up. */
  drain: { pauses: 'never', stays: true },
  /** The rest of a too large task follows in the next. */
  yield: { pauses: 'never', stays: true },
  /** The outputs are put together again. */
  outputs: { pauses: 'always' },
  /** An unanswered question expires. */
  question: { pauses: 'always' },
  /** The workspace is prepared again: a milder pause lets that go on. */
  workspace: { pauses: 'now' },
  /** A tool's call is made again: a milder pause lets that go on. */
  tool: { pauses: 'now' },
  /** An unread message expires. */
  message: { pauses: 'always' },
} as const satisfies Readonly<Record<string, TimerRule>>;

export type TimerPurpose = keyof typeof RULES;

export const TIMERS: Readonly<Record<TimerPurpose, TimerRule>> = RULES;
