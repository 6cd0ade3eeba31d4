/** Tool `http_fetch`: one request and its redirects, to public addresses unless the worker allows others. */
import type { Agent, Response } from 'undici';
import { z } from 'zod';
import { messageOf } from '../../errors/errors.ts';
import { readStart } from '../network/body.ts';
import { send, type Request } from '../network/follow.ts';
import { rootCause } from '../../errors/root-cause.ts';
import { traceHeaders } from '../../tracing/current-span.ts';
import type { Masking } from '../../secrets/masking.ts';
import { clipEnd, MAX_REPLY_BYTES } from './clip.ts';
import { builtIn, count, ToolRefusal, type BuiltInTool, type ToolReply } from './tool.ts';

/** Most bytes of a body that are read. */
const MAX_BODY_BYTES = 5 * 1024 * 1024;

const input = z.strictObject({
  url: z.string().min(1).max(8_000).describe('With http:// or https://.'),
  method: z.enum(['GET', 'HEAD', 'POST']).optional().describe('GET when left out.'),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional().describe('POST only.'),
});
type Wanted = z.infer<typeof input>;

/** Makes the tool for a worker's agent. */
export function httpFetchTool(agent: Agent): BuiltInTool {
  return builtIn({
    name: 'http_fetch',
    description:
      'Fetches a URL: GET, HEAD or POST. Answers with status, content type and text; at most 64 KB of it. Public addresses only, unless the worker allows others.',
    input,
    run: async (wanted, { signal, idempotencyKey, masking }) => {
      const request = requestOf(wanted, idempotencyKey);
      try {
        const response = await send(request, agent, signal);
        return replyTo(request, response, await readStart(response, MAX_BODY_BYTES), masking);
      } catch (error) {
        signal.throwIfAborted();
        throw new ToolRefusal(
          `${place(request)} cannot be fetched: ${messageOf(rootCause(error)).replace(/\.$/, '')}.`,
        );
      }
    },
  });
}

function requestOf({ url, method = 'GET', headers = {}, body }: Wanted, idempotencyKey: string): Request {
  if (!URL.canParse(url)) throw new ToolRefusal(`${JSON.stringify(url)} is no URL; write it with https://.`);
  if (body !== undefined && method !== 'POST') throw new ToolRefusal(`A ${method} has no body; use POST.`);
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const added =
    method === 'POST' && !given.has('idempotency-key') ? { 'idempotency-key': idempotencyKey } : {};
  return {
    method,
    url: new URL(url),
    headers: { ...traceHeaders(given), ...added, ...headers },
    body: body ?? null,
  };
}

type Start = Awaited<ReturnType<typeof readStart>>;

function replyTo(
  request: Request,
  response: Response,
  { text, bytes, cut }: Start,
  { mask, torn }: Masking,
): ToolReply {
  const type = response.headers.get('content-type');
  const size = `${cut ? 'more than ' : ''}${count(bytes, 'byte')}`;
  const head = [`HTTP ${response.status} ${response.statusText}`.trimEnd(), ...(type === null ? [] : [type])];
  const body = text.includes('\0')
    ? `[${size} of what is no text]`
    : clipEnd(mask(cut ? text.slice(0, text.length - torn(text)) : text), 'Ask for less.', MAX_REPLY_BYTES);
  return {
    value: `${head.join(', ')}\n\n${body}`,
    isError: response.status >= 400,
    comment: `Fetched ${place(request)} (${response.status}, ${size})`,
  };
}

/** For people: without what may be confidential (user, password, query). */
function place({ method, url }: Request): string {
  return `${method === 'GET' ? '' : `${method} `}${url.origin}${url.pathname}`;
}
