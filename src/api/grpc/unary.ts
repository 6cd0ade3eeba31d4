/** Serves a method that takes one message and answers one: its bytes count among the bodies that this process holds. */
import type { handleUnaryCall } from '@grpc/grpc-js';
import { bytesOf } from '../../grpc/service-definition.ts';
import { requestErrorOf } from '../http/problem.ts';
import type { Front } from '../front.ts';
import type { Way } from '../inner/ask-endpoint.ts';
import { grpcStatusOf } from './status.ts';
import { wayOf } from './way.ts';

/** Answers a request, or throws what is to be told instead. */
export type Answer<Request, Response> = (
  request: Request,
  way: Way,
  key: string | undefined,
) => Promise<Response>;

export function unary<Request extends object, Response>(
  front: Front,
  answer: Answer<Request, Response>,
): handleUnaryCall<Request, Response> {
  return (call, reply) => {
    const way = wayOf(call);
    const [key] = call.metadata.get('idempotency-key').map(String);
    held(front, call.request, () => answer(call.request, way, key)).then(
      (response) => reply(null, response),
      (thrown: unknown) => reply(refusalOf(front, thrown, way.id)),
    );
  };
}

/** What is told of anything thrown while a call was served; what is no error of ours stands in the log. */
export function refusalOf({ log }: Front, thrown: unknown, id: string): ReturnType<typeof grpcStatusOf> {
  const error = requestErrorOf(thrown);
  if (error.code === 'internal') log.error({ err: error.cause ?? thrown, id }, 'a call failed');
  return grpcStatusOf(error, id);
}

async function held<T>({ admission }: Front, message: object, work: () => Promise<T>): Promise<T> {
  const place = admission.holdBody(bytesOf(message));
  try {
    return await work();
  } finally {
    place.leave();
  }
}
