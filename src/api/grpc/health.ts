/**
 * `grpc.health.v1.Health`: whether this process can serve everything, as `/health/ready` tells it, for the server as a
 * whole (`""`) and each of its services. Looked at for each question, never out of date.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  status as Code,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { service } from 'grpc-health-check';
import type { Front } from '../front.ts';
import { Visit } from '../http/visit.ts';
import { grpcStatusOf } from './status.ts';

interface Asked {
  readonly service: string;
}
interface Told {
  readonly status: 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';
}

/** As the package describes it. */
export const HEALTH = service as unknown as ServiceDefinition & {
  readonly Check: { readonly requestType: { readonly fileDescriptorProtos: readonly Buffer[] } };
};

/** How often whoever watches is told of a change. */
const LOOK_MS = 5_000;

/** @param names of the services that there are */
export function healthService(front: Front, names: readonly string[]) {
  const known = new Set(['', ...names]);
  const look = async (): Promise<Told> => {
    const dependencies = await front.service.lookAround();
    const failed = Object.values(dependencies).some(({ status }) => status === 'failed');
    return { status: failed ? 'NOT_SERVING' : 'SERVING' };
  };
  const implementation = {
    check: (call: ServerUnaryCall<Asked, Told>, answer: sendUnaryData<Told>) => {
      if (!known.has(call.request.service))
        return answer({ code: Code.NOT_FOUND, details: `There is no service ${call.request.service} here.` });
      look().then((told) => answer(null, told), answer);
    },
    list: (_call: ServerUnaryCall<object, unknown>, answer: sendUnaryData<unknown>) => {
      look().then(
        (told) => answer(null, { statuses: Object.fromEntries([...known].map((name) => [name, told])) }),
        answer,
      );
    },
    watch: (call: ServerWritableStream<Asked, Told>) => {
      const telling = known.has(call.request.service)
        ? look
        : async (): Promise<Told> => ({ status: 'SERVICE_UNKNOWN' });
      watch(front, call, telling).then(
        () => call.end(),
        (error: unknown) => call.destroy(Object.assign(new Error('health'), grpcStatusOf(error, ''))),
      );
    },
  };
  return implementation;
}

/** Tells each change, until the other side has gone or the process ends. It counts among the readers that stay. */
async function watch(
  front: Front,
  call: ServerWritableStream<Asked, Told>,
  look: () => Promise<Told>,
): Promise<void> {
  const visit = await Visit.begin(front.admission, undefined, performance.now());
  const gone = new AbortController();
  const stop = () => gone.abort();
  call.once('cancelled', stop);
  front.closing.addEventListener('abort', stop, { once: true });
  try {
    visit.stay();
    for (let last: string | undefined; !gone.signal.aborted;) {
      const told = await look();
      if (told.status !== last) call.write(told);
      last = told.status;
      await sleep(LOOK_MS, undefined, { signal: gone.signal }).catch(() => undefined);
    }
  } finally {
    front.closing.removeEventListener('abort', stop);
    visit.leave();
  }
}
