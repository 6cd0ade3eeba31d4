/** What an MCP tool answers, as a value for the model: structured content as it is, else the texts, cut. */
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { writeJson } from '../../../plan/exact-json.ts';
import { jsonBytes, type Json } from '../../../plan/json.ts';
import { maskJson, type Masking } from '../../../secrets/masking.ts';
import { clipEnd, MAX_REPLY_BYTES } from '../clip.ts';

type Content = CallToolResult['content'][number];

const REMEDY = 'Ask the tool for less.';

/** The value of an answer, masked before it is cut. What is no text (pictures, sound) is named and left out. */
export function mcpValue({ structuredContent, content }: CallToolResult, mask: Masking['mask']): Json {
  if (structuredContent !== undefined) {
    const value = maskJson(structuredContent as Json, mask);
    return jsonBytes(value) <= MAX_REPLY_BYTES ? value : clipEnd(writeJson(value), REMEDY);
  }
  return clipEnd(mask(content.map(blockText).join('\n')), REMEDY);
}

function blockText(content: Content): string {
  switch (content.type) {
    case 'text':
      return content.text;
    case 'image':
    case 'audio':
      return `[${content.type}, ${content.mimeType}: not shown]`;
    case 'resource_link':
      return `[resource ${content.uri}: ${content.name}]`;
    case 'resource':
      return 'text' in content.resource
        ? content.resource.text
        : `[resource ${content.resource.uri}: not shown]`;
  }
}
