/** What transports have of the service. */
export { Trail } from './audit/trail.ts';
export type { Call } from './call.ts';
export { anonymous, type Caller, type Origin } from './caller.ts';
export { Bell } from './changes/bell.ts';
export type { Told } from './changes/told.ts';
export type { EventSubscription } from './events/follow-events.ts';
export type { Taken } from './messages/taken.ts';
export type { FromNode, NodeLink, Speaking, ToNode } from './nodes/node-link.ts';
export { openService } from './open-service.ts';
export { LEASE_MS, LEASES_MS, type Registration } from './nodes/registration.ts';
export { createService, type Service, type UseCases } from './service.ts';
export type { ServiceDeps } from './services.ts';
export type { StreamSubscription } from './stream/follow-pieces.ts';
export type { StoredText, WholeValue } from './values/read-value.ts';
export { threadMessageJson } from './views/message.ts';
