/** What people come for, by mouse and by keyboard alone: find what needs somebody, answer, pause, instruct, redirect, edit, fork, compare. */
import { writeFileSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { RunMessage } from '../../src/contract/message.ts';
import { startBaton } from '../support/baton.ts';
import { faultsOf, openConsole } from '../support/console/pages.ts';
import { until } from '../support/until.ts';

const script = join(mkdtempSync(join(tmpdir(), 'baton-journeys-')), 'script.yaml');
// The agent works in turns and looks at each for a moment, so that there is a time to say something.
writeFileSync(
  script,
  `
script: 1
calls:
  - { step: plan, reply: 'Plan completed: 5 sub-tasks identified.' }
  - step: code
    turns:
${Array.from({ length: 58 }, (_, at) => `      - { delay: 700ms, reply: 'Step ${at + 1} of the work.', tool_calls: [{ name: write_file, input: { path: 'part-${at + 1}.ts', content: 'x' } }] }`).join('\n')}
      - { reply: Done. }
`,
);

const ASKING = `
name: asking
version: 1.0.0
title: Asks somebody
steps:
  - key: approve
    title: May it go out?
    ask:
      prompt: Where shall it go?
      form:
        type: object
        required: [target]
        properties: { target: { type: string, enum: [staging, production] }, note: { type: string } }
  - { key: deploy, title: Deploy, transform: '{{ approve.result.answer.target }}', dependencies: [approve] }
`;

const WORKING = `
name: working
version: 1.0.0
workspace: {}
inputs: { task: { type: string, default: Build it } }
steps:
  - { key: plan, agent: plan, prompt: 'Plan: {{ task }}' }
  - { key: code, agent: code, prompt: 'Do: {{ plan.result }}', tools: [write_file], limits: { max_turns: 60 }, dependencies: [plan] }
  - { key: last, transform: 1, dependencies: [code] }
`;

const baton = await startBaton({ BATON_SCRIPT: script });
const visit = await openConsole(baton.url);
await baton.publish(ASKING);
await baton.publish(WORKING);

const status = (page: Page, text: string) => page.locator('header').getByText(text, { exact: false }).first();
const conversation = (page: Page) => page.getByRole('log', { name: 'Conversation' });

/** Started, and its question is there to be answered. */
async function startAsking(): Promise<string> {
  const { id } = await baton.start({ workflow: 'asking' });
  await until(async () => (await baton.items<object>(`/runs/${id}/questions`)).length > 0);
  return id;
}

const answer = (id: string, target: string) =>
  baton.call('POST', `/runs/${id}/answers`, { question: '0:approve#1', answer: { target } });

const said = async (id: string) =>
  (await baton.items<RunMessage>(`/runs/${id}/messages?limit=1000`)).map(({ content }) => content ?? '');

describe('with a mouse', () => {
  it('somebody finds what needs him, and answers it in place', async () => {
    const id = await startAsking();
    const visitor = await visit('/inbox');
    const { page } = visitor;
    await page.getByRole('button', { name: 'Where shall it go?' }).click();
    await page.getByRole('button', { name: 'Answer' }).click();
    await page.getByText('is needed').waitFor();
    await page.getByRole('button', { name: 'staging' }).click();
    expect(await faultsOf(visitor)).toEqual([]);
    await page.getByRole('button', { name: 'Answer' }).click();
    await page.getByText('Nobody waits for you').waitFor();
    expect((await baton.finished(id)).output).toBe('staging');
    await visitor.leave();
  });

  it('a definition is published from an example and started by its form', async () => {
    const { page, leave } = await visit('/definitions/asking?start=yes');
    await page.getByRole('button', { name: 'Start 1.0.0' }).click();
    await page.waitForURL(/\/runs\/asking-/);
    await status(page, 'Needs').waitFor();
    await expect.poll(() => new URL(page.url()).pathname).toMatch(/\/graph$/);
    await leave();
  });

  it('a run is forked from a checkpoint, and compared with what it came from', async () => {
    const id = await startAsking();
    await answer(id, 'staging');
    await baton.finished(id);
    const { page, leave } = await visit(`/runs/${id}/checkpoints`);
    await page.getByRole('button', { name: 'Fork', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: /Fork from checkpoint/ });
    await dialog.getByLabel('Do anew from').selectOption('approve');
    await dialog.getByText('Runs again').waitFor();
    await dialog.getByRole('button', { name: 'Fork' }).click();
    await page.waitForURL((url) => url.pathname.startsWith('/runs/') && !url.pathname.includes(id));
    await page.getByRole('link', { name: id }).first().waitFor();
    const fork = decodeURIComponent(new URL(page.url()).pathname.split('/')[2] ?? '');
    await page.goto(`${baton.url}/runs/${fork}/checkpoints?compare=${id}`);
    await page.getByText(/They differ first/).waitFor();
    expect((await baton.run(fork)).lineage.forked_from?.run).toBe(id);
    await leave();
  });
});

describe('a draft', () => {
  it('is tried before it is published, and past runs are played with it', async () => {
    const id = await startAsking();
    await answer(id, 'staging');
    await baton.finished(id);
    const { page, leave, errors } = await visit('/definitions/asking?tab=edit&beside=trial');
    const steps = page.getByRole('list', { name: 'Steps of the trial' });
    const end = page.getByRole('region', { name: 'How the trial ends' });
    // Nobody has said what is answered, so what reads of it finds nothing.
    await end.getByText('answers null').waitFor();
    await page.getByLabel('Begin with what a run has recorded').selectOption(id);
    await page.getByRole('region', { name: 'Output of the trial' }).getByText('"staging"').waitFor();
    await steps.getByText('Answers what is said here').click();
    await steps.getByLabel('How approve ends').selectOption('failed');
    await end.getByText('Failed', { exact: true }).waitFor();
    await expect
      .poll(() => steps.getByRole('listitem').filter({ hasText: 'deploy' }).textContent())
      .toMatch(/Cancelled|Skipped/);

    await page.getByRole('tab', { name: 'Past runs' }).click();
    await page.getByRole('button', { name: 'Play them' }).click();
    await page.getByText(/All well/).waitFor();
    const editor = page.getByRole('textbox', { name: 'Definition' });
    await editor.focus();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText(
      "  - { key: more, transform: '{{ approve.result.answer.nothing }}', dependencies: [approve] }\n",
    );
    await page
      .getByRole('list', { name: 'Past runs' })
      .getByText(/more would break/)
      .first()
      .waitFor();
    expect(errors).toEqual([]);
    expect(
      (await baton.call<{ items: object[] }>('GET', '/workflows/asking/versions')).body.items,
    ).toHaveLength(1);
    await leave();
  });
});

describe('by keyboard alone', () => {
  it('a run is paused, told more, resumed and redirected, as its conversation says', async () => {
    const { id } = await baton.start({ workflow: 'working' });
    const { page, leave, errors } = await visit(`/runs/${id}/conversation`);
    const thread = conversation(page);
    await thread
      .getByText(/Writing file: part-1\.ts/)
      .first()
      .waitFor();

    await page.keyboard.press('p');
    await page.getByRole('dialog', { name: 'Pause the run' }).waitFor();
    await page.keyboard.type('I need to add something to the requirements');
    await page.keyboard.press('Enter');
    await status(page, 'Paused by Ana').waitFor();

    await page.keyboard.press('i');
    await page.keyboard.type('The authentication system uses JWT tokens');
    await page.keyboard.press('Control+Enter');
    await thread.getByText(/not read yet/).waitFor();
    await page.keyboard.press('Escape');

    await page.keyboard.press('p');
    await page.getByRole('dialog', { name: 'Resume the run' }).waitFor();
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Resume', exact: true }).last().press('Enter');
    await status(page, 'Running').waitFor();
    await thread
      .getByText(/Read by code at turn/)
      .first()
      .waitFor();

    await page.keyboard.press('r');
    await page.getByRole('dialog', { name: 'Redirect the run' }).waitFor();
    await page.keyboard.type('Make this a dropdown menu instead');
    await page.getByRole('button', { name: 'Redirect', exact: true }).last().press('Enter');
    // It is there once the agent has come to the end of its turn: then the page has moved to it, or links to it.
    const next = await until(async () => (await baton.run(id)).lineage.redirected_to);
    await page.getByText(next).first().waitFor();

    await until(async () => (await baton.run(id)).status === 'cancelled');
    const words = (await said(id)).join('\n');
    for (const one of [
      'Starting plan agent',
      'I need to add something',
      'JWT tokens',
      'Make this a dropdown',
    ])
      expect(words).toContain(one);
    expect(errors).toEqual([]);
    await baton.call('POST', `/runs/${next}/cancel`, {});
    await leave();
  });

  it('the plan of a run is edited, with what the edit would do told first', async () => {
    const id = await startAsking();
    const { page, leave } = await visit(`/runs/${id}/graph`);
    await page.getByText('May it go out?').first().waitFor();
    await page.keyboard.press('e');
    const dialog = page.getByRole('dialog', { name: /Edit the plan/ });
    const editor = dialog.getByRole('textbox', { name: 'Definition of the run' });
    await editor.focus();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText(
      '  - { key: tell, title: Tell them, transform: 1, dependencies: [deploy] }\n',
    );
    await dialog.getByText('Comes').waitFor();
    await dialog.getByRole('button', { name: 'Graph' }).press('Enter');
    await dialog.getByText('Tell them').waitFor();
    await dialog.getByRole('button', { name: 'Text' }).press('Enter');
    await dialog.getByRole('button', { name: 'Change the plan' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Tell them').first().waitFor();
    expect((await baton.run(id)).revision).toBe(1);
    await leave();
  });
});

describe('a run that is looked at', () => {
  it('is as it was, after an event that the address names', async () => {
    const id = await startAsking();
    await answer(id, 'production');
    await baton.finished(id);
    const { page, leave } = await visit(`/runs/${id}/events?at=5`);
    await page.getByText(/As it was .* event 5 of/).waitFor();
    await status(page, 'Running').waitFor();
    await expect
      .poll(() => page.getByRole('button', { name: 'Pause' }).getAttribute('aria-disabled'))
      .toBe('true');
    await page.keyboard.press('End');
    await status(page, 'Completed').waitFor();
    await expect.poll(() => new URL(page.url()).searchParams.has('at')).toBe(false);
    await leave();
  });

  it('says so when the connection is lost, and has missed nothing when it is back', async () => {
    const id = await startAsking();
    const { page, leave } = await visit(`/runs/${id}/conversation`);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.context().setOffline(true);
    await page.evaluate('window.dispatchEvent(new Event("offline"))');
    await baton.call('POST', `/runs/${id}/messages`, { content: 'said meanwhile', by: 'Bo' });
    await page.context().setOffline(false);
    await page.getByText('said meanwhile').waitFor();
    expect(await page.getByText('said meanwhile').count()).toBe(1);
    await leave();
  });

  it('comes whole once the way is back, though a part of the page was asked for meanwhile', async () => {
    const id = await startAsking();
    const { page, leave } = await visit(`/runs/${id}/graph`);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.context().setOffline(true);
    await page.getByRole('link', { name: 'Conversation' }).click();
    await page.getByText('A part of this page has not come').waitFor();
    await page.context().setOffline(false);
    await conversation(page).getByRole('button', { name: 'Answer' }).waitFor();
    await expect.poll(() => new URL(page.url()).pathname).toMatch(/\/conversation$/);
    await leave();
  });

  it('is loaded again only when its reader says so, where what he typed would be lost or it would not help', async () => {
    const id = await startAsking();
    const { page, leave } = await visit(`/runs/${id}/graph`);
    await page.route('**/conversation-view-*', (route) => route.fulfill({ status: 404 }));
    await page.getByRole('link', { name: 'Conversation' }).click();
    const again = page.getByRole('button', { name: 'Load again' });
    await again.waitFor();
    await page.unroute('**/conversation-view-*');
    await again.click();
    await conversation(page).getByRole('button', { name: 'Answer' }).waitFor();
    expect(await again.count()).toBe(0);
    await leave();
  });

  it('is paused for whoever opens its address, as for whoever paused it', async () => {
    const id = await startAsking();
    await baton.call('POST', `/runs/${id}/pause`, { reason: 'lunch', by: 'Bo' });
    const { page, leave } = await visit(`/runs/${id}`, { size: 'phone' });
    await status(page, 'Paused by Bo').waitFor();
    await expect
      .poll(() => page.getByRole('button', { name: 'Resume' }).getAttribute('aria-disabled'))
      .toBeNull();
    await leave();
  });
});
