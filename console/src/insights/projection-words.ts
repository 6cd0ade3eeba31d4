/** How well the tables follow Temporal at the moment, in words. Pure. */
import type { Insights } from '../api/generated.ts';
import { counted, durationWords } from '../words/figures.ts';

/** A projector at work asks something each second; what is silent for longer than this has stopped. */
const SILENT_SECONDS = 15;

export interface ProjectionWords {
  readonly isWell: boolean;
  readonly text: string;
}

export function projectionWords({
  projector_seconds: seconds,
  followed_runs: followed,
  unfollowed_runs: unfollowed,
}: Insights['projection']): ProjectionWords {
  const open = counted(followed + unfollowed, 'open run');
  if (seconds === null)
    return { isWell: false, text: `No projector is at work: nothing new of ${open} is shown.` };
  if (seconds > SILENT_SECONDS)
    return { isWell: false, text: `The projector has been silent for ${durationWords(seconds)}.` };
  if (unfollowed > 0) return { isWell: false, text: `${unfollowed} of ${open} followed by no projector.` };
  return { isWell: true, text: `A projector is at work and follows ${open}.` };
}
