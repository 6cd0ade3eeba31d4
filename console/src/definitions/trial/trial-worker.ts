/** The thread in which drafts are played, so that nobody waits for it who types. */
import { played, type TrialAsk } from './played-draft.ts';

addEventListener('message', ({ data }: MessageEvent<TrialAsk>) => postMessage(played(data)));
