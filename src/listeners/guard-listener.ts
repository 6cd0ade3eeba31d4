/** Puts the checks of `refusal.ts` before any plain HTTP listener. What is refused never reaches it. */
import { STATUS_CODES } from 'node:http';
import type { RequestListener, ServerResponse } from 'node:http';
import type { DoorPolicy } from './door-policy.ts';
import { refusalOf, type Refusal } from './refusal.ts';

/** A listener that answers refusals as problem details, and hands everything else on. */
export function guardListener(policy: DoorPolicy, listener: RequestListener): RequestListener {
  return (request, response) => {
    const refusal = refusalOf(policy, request);
    if (refusal === undefined) listener(request, response);
    else answerRefusal(response, refusal);
  };
}

function answerRefusal(response: ServerResponse, { code, status, message }: Refusal): void {
  // These listeners serve no documents for a type to lead to.
  const problem = { type: 'about:blank', title: STATUS_CODES[status], status, detail: message, code };
  // Its body, if it has one, is not read.
  response.writeHead(status, { 'content-type': 'application/problem+json', connection: 'close' });
  response.end(JSON.stringify(problem));
}
