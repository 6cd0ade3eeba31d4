/** A notice as an incoming webhook of Slack takes it (Block Kit). */
import { writeJson } from '../plan/exact-json.ts';
import type { Notice } from './notice.ts';

/** What Slack takes of one text. */
const MAX_CHARS = 2_900;

export function slackMessage({ headline, text, facts, link }: Notice): string {
  return writeJson({
    // For notices on a phone, and where blocks are not shown.
    text: escaped(headline),
    blocks: [
      section(`*${escaped(headline)}*`),
      ...(text === '' ? [] : [section(quoted(text))]),
      ...(facts.length === 0 ? [] : [{ type: 'context', elements: facts.map(factOf) }]),
      {
        type: 'actions',
        elements: [
          { type: 'button', text: { type: 'plain_text', text: link.text }, url: link.url, style: 'primary' },
        ],
      },
    ],
  });
}

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });

const factOf = ([name, value]: Notice['facts'][number]) => ({
  type: 'mrkdwn',
  text: `${name}: ${escaped(value)}`,
});

const quoted = (text: string): string =>
  escaped(text)
    .split('\n')
    .map((line) => `>${line}`)
    .join('\n')
    .slice(0, MAX_CHARS);

/** Otherwise a text could mention everybody, or show one address and lead to another. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
