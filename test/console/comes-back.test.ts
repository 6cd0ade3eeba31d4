/** A page that stays open while all of Baton goes and comes, and while its tab sleeps: it misses nothing, and is not loaded anew. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { afterFile } from '../support/after-file.ts';
import { openConsole } from '../support/console/pages.ts';
import { OwnStack } from '../support/own-stack.ts';
import { until } from '../support/until.ts';

const settings: Record<string, string> = { BATON_PORT: '0' };
const stack = new OwnStack(settings);
afterFile(() => stack.remove());

const ASKING = `
name: asking
version: 1.0.0
steps:
  - { key: approve, title: May it go out?, ask: { prompt: Where to?, form: { type: string } } }
`;

async function up(): Promise<string> {
  const started = await stack.baton('up', '-d', '-o', 'json');
  if (started.code !== 0) throw new Error(started.err);
  const { api } = stack.info();
  // Whoever comes again looks for it where it was.
  settings['BATON_PORT'] = new URL(api).port;
  return api;
}

const url = await up();
const file = join(stack.folder, 'asking.yaml');
writeFileSync(file, ASKING);
const started = await stack.baton('run', file, '-o', 'json');
const { id } = JSON.parse(started.out) as { readonly id: string };
const visit = await openConsole(url);

const say = (content: string) =>
  until(async () => {
    const answer = await fetch(`${url}/api/v1/runs/${id}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: content.replaceAll(' ', '-'), content, action_type: 'comment', by: 'Bo' }),
    }).catch(() => undefined);
    return answer?.ok === true;
  });

describe.runIf(process.platform === 'linux')('a page that stays open', () => {
  it('goes on where it was when everything underneath was stopped and started again', async () => {
    const { page, leave } = await visit(`/runs/${id}/conversation`);
    const thread = page.getByRole('log', { name: 'Conversation' });
    await thread.getByText('Where to?').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.evaluate('globalThis.kept = true');

    await stack.baton('down');
    await page.getByText(/Reconnecting/).waitFor();
    expect(await thread.getByText('Where to?').count()).toBeGreaterThan(0);

    expect(await up()).toBe(url);
    await say('said after the restart');
    await thread.getByText('said after the restart').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await page.evaluate('globalThis.kept')).toBe(true);
    expect(await thread.getByText('said after the restart').count()).toBe(1);
    await leave();
  });

  it('has what was said while its tab slept', async () => {
    const { page, leave } = await visit(`/runs/${id}/conversation`);
    const thread = page.getByRole('log', { name: 'Conversation' });
    await thread.getByText('Where to?').waitFor();
    const chrome = await page.context().newCDPSession(page);
    await chrome.send('Page.setWebLifecycleState', { state: 'frozen' });
    await say('said while it slept');
    await chrome.send('Page.setWebLifecycleState', { state: 'active' });
    await thread.getByText('said while it slept').waitFor();
    expect(await thread.getByText('said while it slept').count()).toBe(1);
    await leave();
  });
});
