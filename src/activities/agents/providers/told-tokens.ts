/**
 * What vendors say of a call's consumption while it goes on: all that is known of one that never comes to its end.
 *
 * Anthropic tells the input before the first piece, Google both so far with each piece. The others tell at the end only.
 */
import { z } from 'zod';
import type { Tokens } from '../usage.ts';

const count = z.number().int().min(0).nullish();

const anthropic = z.object({
  type: z.literal('message_start'),
  message: z.object({
    usage: z.object({
      input_tokens: z.number().int().min(0),
      output_tokens: count,
      cache_read_input_tokens: count,
      cache_creation_input_tokens: count,
    }),
  }),
});

const google = z.object({
  usageMetadata: z.object({
    promptTokenCount: z.number().int().min(0),
    candidatesTokenCount: count,
    cachedContentTokenCount: count,
    thoughtsTokenCount: count,
  }),
});

/** Reads an event of a vendor's stream as it was sent; null when it tells nothing. */
export type ToldTokens = (raw: unknown) => Tokens | null;

export const anthropicTold: ToldTokens = (raw) => {
  const event = anthropic.safeParse(raw);
  if (!event.success) return null;
  const { usage } = event.data.message;
  const cacheRead = usage.cache_read_input_tokens ?? 0;
  const cacheWrite = usage.cache_creation_input_tokens ?? 0;
  const input = usage.input_tokens + cacheRead + cacheWrite;
  return { input, output: usage.output_tokens ?? 0, cacheRead, cacheWrite, reasoning: 0 };
};

export const googleTold: ToldTokens = (raw) => {
  const event = google.safeParse(raw);
  if (!event.success) return null;
  const { usageMetadata: usage } = event.data;
  const reasoning = usage.thoughtsTokenCount ?? 0;
  const output = (usage.candidatesTokenCount ?? 0) + reasoning;
  const cacheRead = usage.cachedContentTokenCount ?? 0;
  return { input: usage.promptTokenCount, output, cacheRead, cacheWrite: 0, reasoning };
};
