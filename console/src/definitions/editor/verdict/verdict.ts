/** What is said of a text: by the compiler in this page, and then by the API, which knows the files of agents too. Pure. */
import type { InputSpec } from '../../../../../src/plan/plan.ts';
import type { LeveledStep } from '../../detail/levels.ts';

export interface Problem {
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Of a text that is elsewhere, such as an agent's; null: this one. */
  readonly file?: string | null;
}

/** What a text is compiled to, as far as the page shows it. */
export interface Outline {
  readonly name: string;
  readonly version: string;
  readonly steps: readonly LeveledStep[];
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly agents: readonly string[];
}

export interface Verdict {
  /** What it is said of. */
  readonly text: string;
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** Null where the text has errors, or the API alone has looked at it. */
  readonly outline: Outline | null;
  /** `here`: agents of files are not known; `api`: it is the last word. */
  readonly by: 'here' | 'api';
}

/** Only the API knows them: what this page misses of them may well be there. */
const KNOWN_ELSEWHERE: ReadonlySet<string> = new Set(['agent_unknown']);

export function isKnownElsewhere({ code }: Pick<Problem, 'code'>): boolean {
  return KNOWN_ELSEWHERE.has(code);
}

/** What this page finds, without what it cannot know. */
export function knownHere(verdict: Verdict): Verdict {
  return { ...verdict, errors: verdict.errors.filter((problem) => !isKnownElsewhere(problem)) };
}

/** The newer word on a text takes the place of the older; of the API's the outline is missing, which this page has made. */
export function merged(before: Verdict | undefined, next: Verdict): Verdict {
  if (before?.text !== next.text) return next;
  if (next.by === 'here' && before.by === 'api')
    return { ...before, outline: next.outline ?? before.outline };
  return { ...next, outline: next.outline ?? before.outline };
}
