/** What goes over Socket.IO: what clients ask for, how that is answered, and what they hear. */
import * as z from 'zod';
import { RunId, StepKey } from './shared/common.ts';
import { EventEnvelope } from './event.ts';
import { StreamPiece } from './stream.ts';

/** Under which names a run's events come; `docs/live.md` tells when. */
export const EVENT_NAMES = [
  'message:new',
  'message:updated',
  'workflow:paused',
  'workflow:unpaused',
  'workflow:updated',
  'step:updated',
  'usage:updated',
] as const;
export type EventName = (typeof EVENT_NAMES)[number];

/** A run's id alone, or under the name that `/api/workflows` has for it, is a request too. */
function request<S extends z.ZodObject>(schema: S) {
  return z.preprocess((sent) => {
    if (typeof sent === 'string') return { runId: sent };
    if (typeof sent !== 'object' || sent === null || 'runId' in sent || !('workflowId' in sent)) return sent;
    const { workflowId: runId, ...rest } = sent;
    return { runId, ...rest };
  }, schema);
}

/** Without `since`: what happens from now on. */
export const Subscription = request(
  z.strictObject({ runId: RunId, since: z.number().int().min(0).optional() }),
);

export const Unsubscription = request(z.strictObject({ runId: RunId }));

/** Without `after`: all that is there, and what comes. */
export const StreamSubscription = request(
  z.strictObject({
    runId: RunId,
    after: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
    step: StepKey.optional(),
    turn: z.number().int().min(1).max(1_000_000).optional(),
  }),
);

/** The answer to any of these. `seq`: the run's newest event, where events were asked for. */
export const SocketAnswer = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), seq: z.number().int().optional() }),
  z.object({ ok: z.literal(false), code: z.string(), detail: z.string() }),
]);

export type SocketAnswer = z.output<typeof SocketAnswer>;

/** A run's event. `also`: it comes again under this name. */
export const SocketEvent = EventEnvelope.extend({ also: z.enum(EVENT_NAMES).optional() });

const ofRun = EventEnvelope.pick({ runId: true, workflowId: true }).extend({
  id: z.number().int().meta({ description: 'Where to go on after it (`after`).' }),
});

/** A piece of what an agent says. */
export const SocketPiece = ofRun.extend(StreamPiece.shape);

/** No further pieces come: the run has ended. */
export const SocketStreamEnd = ofRun;

/** Why the server lets go of a client. */
export const SocketCut = z.object({ code: z.string(), detail: z.string() });

/** What clients hear, by name. */
export type SocketEvents = Readonly<Record<EventName, z.output<typeof SocketEvent>>> & {
  readonly 'stream:piece': z.output<typeof SocketPiece>;
  readonly 'stream:end': z.output<typeof SocketStreamEnd>;
  readonly cut: z.output<typeof SocketCut>;
};
