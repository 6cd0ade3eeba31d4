/** Nodes and webhooks: looked at, added with their faults told, acted on, and what becomes of both seen as it happens. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { Node } from '../../src/contract/nodes/node.ts';
import type { Webhook } from '../../src/contract/webhooks/webhook.ts';
import { joinNode } from '../grpc/test-node.ts';
import { startBaton } from '../support/baton.ts';
import { faultsOf, isGone, openConsole } from '../support/console/pages.ts';
import { until } from '../support/until.ts';
import { startReceiver } from '../support/webhook-receiver.ts';

const baton = await startBaton({ BATON_ALLOW_PRIVATE_NETWORK: '1' });
const receiver = await startReceiver();
const grpc = await baton.startGrpc();
const visit = await openConsole(baton.url);
await baton.publish(`
name: rendering
version: 1.0.0
steps:
  - key: render
    title: Render it
    node: { capability: render, labels: { gpu: a100 } }
`);
const nodes = async () => (await baton.call<{ items: Node[] }>('GET', '/nodes')).body.items;
const webhooks = async () => (await baton.call<{ items: Webhook[] }>('GET', '/webhooks')).body.items;

it('nodes are added, join, are asked for and removed, and a run that waits for one leads there', async () => {
  const visitor = await visit('/runs');
  const { page, leave } = visitor;
  await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor();
  await page.keyboard.press('g n');
  await page.getByText('No node has joined').waitFor();
  expect(await faultsOf(visitor)).toEqual([]);

  await page.keyboard.press('c');
  const adding = page.getByRole('dialog');
  await adding.getByLabel(/^Name/).fill('counter');
  await adding.getByLabel(/^Address/).fill('10.0.0.7');
  await adding.getByLabel('Capabilities').fill('count, render');
  await adding.getByLabel('Labels').fill('gpu=t4');
  await adding.getByRole('button', { name: 'Add' }).click();
  await adding.getByText(/^must be grpc/).waitFor();
  await adding.getByLabel(/^Address/).fill('grpc://10.0.0.7:50051');
  await page.keyboard.press('Enter');
  const detail = page.getByRole('region', { name: 'Node counter' });
  await detail.getByText('when Baton calls grpc://10.0.0.7:50051').waitFor();
  expect(await nodes()).toMatchObject([
    { id: 'counter', capabilities: ['count', 'render'], labels: { gpu: 't4' } },
  ]);

  // What waits says what it lacks, and the run leads here.
  const { id } = await baton.start({ workflow: 'rendering' });
  const waiting = page.getByRole('list', { name: 'Work that waits' });
  await waiting.getByText(/counter has gpu=t4 and not a100/).waitFor();
  await waiting.getByRole('link', { name: `${id} · render` }).click();
  await page.getByRole('button', { name: 'See the nodes' }).click();
  await page.waitForURL('**/nodes');

  await page.keyboard.press('m');
  const asking = page.getByRole('dialog');
  await asking.getByLabel('Capability', { exact: true }).fill('render');
  await asking.getByLabel('Labels', { exact: true }).fill('gpu');
  await expect
    .poll(() => asking.getByRole('button', { name: 'Ask' }).getAttribute('aria-disabled'))
    .toBe('true');
  await asking.getByLabel('Labels', { exact: true }).fill('gpu=a100');
  await page.keyboard.press('Enter');
  await asking.getByText(/^None now\. It would wait for/).waitFor();
  expect(await faultsOf(visitor)).toEqual([]);
  await page.keyboard.press('Escape');

  const node = joinNode(grpc, {
    ...{ node: 'gpu-1', instance: 'a', capabilities: ['render'], labels: { gpu: 'a100' }, slots: 2 },
  });
  const work = await until(() => node.given()[0]);
  node.accept(work);
  node.say({ case: 'progress', value: { assignment: work.id, share: 0.4, text: 'frame 40' } });
  await page.getByRole('link', { name: 'gpu-1' }).click();
  const busy = page.getByRole('region', { name: 'Node gpu-1' });
  await busy.getByText('frame 40').waitFor();
  await waiting.waitFor({ state: 'detached' });
  await busy.getByRole('button', { name: 'Drain' }).click();
  await busy.getByText('Draining').waitFor();
  await expect
    .poll(() => busy.getByRole('button', { name: 'Change' }).getAttribute('aria-disabled'))
    .toBe('true');
  await page.keyboard.press('d');
  await until(async () => (await nodes()).every(({ draining }) => !draining));
  await busy.getByRole('button', { name: 'Remove' }).click();
  await page
    .getByRole('dialog')
    .getByText(/1 piece/)
    .waitFor();
  await page.keyboard.press('Escape');
  node.complete(work, { url: 'x' });
  await busy.getByText('Done').waitFor();
  await baton.finished(id);

  await page.getByRole('link', { name: 'counter' }).click();
  await detail.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await isGone(detail);
  expect((await nodes()).map(({ id: name }) => name)).toEqual(['gpu-1']);
  expect(await faultsOf(visitor)).toEqual([]);
  await leave();
});

it('webhooks are added with their secret told once, tried, changed, sent again and removed', async () => {
  const visitor = await visit('/webhooks');
  const { page, leave } = visitor;
  await page.getByText('Nobody is told of events').waitFor();
  expect(await faultsOf(visitor)).toEqual([]);
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^URL/).fill(`${receiver.url}/later-500/page`);
  await dialog.getByLabel(/^Name/).fill('team payments');
  await dialog.getByLabel('Only of runs that fit').fill('status:nonsense');
  await page.keyboard.press('Enter');
  await dialog.getByText(/^must be of letters/).waitFor();
  await dialog.getByLabel(/^Name/).fill('team-payments');
  await page.keyboard.press('Enter');
  await dialog
    .getByRole('alert')
    .getByText(/The filter cannot be read/)
    .waitFor();
  await expect
    .poll(() => dialog.getByLabel('Only of runs that fit').getAttribute('aria-invalid'))
    .toBe('true');
  await dialog.getByLabel('Only of runs that fit').fill('workflow:rendering');
  await dialog.getByLabel('Only for').fill('ana');
  expect(await faultsOf(visitor)).toEqual([]);
  await page.keyboard.press('Enter');
  const secret = await page.getByLabel('Secret', { exact: true }).textContent();
  expect(secret).toMatch(/^whsec_/);
  await page.getByRole('button', { name: 'I have kept it' }).click();
  const detail = page.getByRole('region', { name: 'Webhook team-payments' });
  await detail.getByText('workflow:rendering').waitFor();
  expect(await page.content()).not.toContain(secret);
  expect(await webhooks()).toMatchObject([{ name: 'team-payments', for: 'ana', updated_by: 'Ana' }]);

  // The first answer is 500: it is tried again later.
  await page.keyboard.press('t');
  await detail.getByText('Retrying ×1').waitFor();
  await detail.getByRole('button', { name: 'webhook.test' }).click();
  await detail
    .getByRole('tree', { name: 'What is sent' })
    .getByText(/nothing has happened/)
    .waitFor();
  await detail.getByText('it answered 500').first().waitFor();
  await detail.getByRole('list', { name: 'Deliveries' }).getByText('Arrived', { exact: true }).waitFor();
  expect(await faultsOf(visitor)).toEqual([]);
  await detail.getByRole('button', { name: 'Send it again' }).click();
  await until(() => receiver.at('/later-500/page').length >= 3);
  await detail.getByLabel('Status').selectOption('dead');
  await detail.getByText('None.').waitFor();
  await expect.poll(() => new URL(page.url()).searchParams.get('status')).toBe('dead');

  await detail.getByRole('button', { name: 'Switch off' }).click();
  await detail.getByRole('button', { name: 'Switch on' }).waitFor();
  await expect
    .poll(() => detail.getByRole('button', { name: /^Test/ }).getAttribute('aria-disabled'))
    .toBe('true');
  await detail.getByRole('button', { name: 'Another secret' }).click();
  await escapeOnceThereIs(page, '[aria-label="Secret"]');
  await page.getByRole('dialog').getByRole('button', { name: 'Make one' }).click();
  await expect.poll(() => page.getByLabel('Secret', { exact: true }).textContent()).not.toBe(secret);
  await page.evaluate('globalThis.escaped');
  // It came before the dialog had the focus: what is told once must not be lost by it.
  expect(await page.getByLabel('Secret', { exact: true }).count()).toBe(1);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.keyboard.press('e');
  await dialog.getByLabel('Everything').uncheck();
  await dialog.getByLabel('A run fails or times out').check();
  await dialog.getByRole('button', { name: 'Change' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await webhooks()).toMatchObject([
    { events: ['failure'], enabled: false, url: `${receiver.url}/later-500/page` },
  ]);
  await detail.getByRole('button', { name: 'Remove' }).click();
  await dialog.getByText(/team-payments.* in notify\.to/).waitFor();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.getByText('Nobody is told of events').waitFor();
  expect(await webhooks()).toEqual([]);
  await leave();
});

it('people are told in Slack and by e-mail, unsigned, and see why nothing arrives', async () => {
  const visitor = await visit('/webhooks');
  const { page, leave } = visitor;
  const dialog = page.getByRole('dialog');
  const add = async (kind: string, place: RegExp, to: string, name: string) => {
    await page
      .getByText('Nobody is told of events')
      .or(page.getByRole('link', { name: 'team-slack' }))
      .waitFor();
    await page.keyboard.press('c');
    await dialog.getByLabel('Who is told').selectOption(kind);
    // What needs people is chosen, and not everything that happens.
    await expect.poll(() => dialog.getByLabel('Everything').isChecked()).toBe(false);
    await expect
      .poll(() => dialog.getByLabel('People are asked something', { exact: true }).isChecked())
      .toBe(true);
    await dialog.getByLabel(place).fill(to);
    await dialog.getByLabel(/^Name/).fill(name);
    await page.keyboard.press('Enter');
  };
  await add('slack', /^URL/, `${receiver.url}/ok/slack`, 'team-slack');
  const slack = page.getByRole('region', { name: 'Webhook team-slack' });
  await slack.getByRole('button', { name: /^Test/ }).click();
  await until(() => receiver.at('/ok/slack').length === 1);
  expect(JSON.parse(receiver.at('/ok/slack')[0]?.body ?? '')).toMatchObject({ text: expect.any(String) });
  const rotate = slack.getByRole('button', { name: 'Another secret' });
  await expect.poll(() => rotate.getAttribute('aria-disabled')).toBe('true');
  expect(await faultsOf(visitor)).toEqual([]);
  await page.keyboard.press('Escape');

  await add('email', /^E-mail addresses/, 'ana@team.example, nobody', 'team-mail');
  await dialog
    .getByText(/nobody|address/i)
    .last()
    .waitFor();
  const addresses = dialog.getByLabel(/^E-mail addresses/);
  await until(async () => (await addresses.getAttribute('aria-invalid')) === 'true');
  await addresses.fill('ana@team.example, bo@team.example');
  await dialog.getByRole('button', { name: 'Add' }).click();
  const mail = page.getByRole('region', { name: 'Webhook team-mail' });
  await mail.getByText('ana@team.example, bo@team.example').waitFor();
  await mail.getByRole('button', { name: /^Test/ }).click();
  await mail
    .getByText(/BATON_SMTP_URL is not set/)
    .first()
    .waitFor();
  expect(await faultsOf(visitor)).toEqual([]);
  expect(await webhooks()).toMatchObject([
    { kind: 'slack', events: ['question', 'failure', 'budget'] },
    { kind: 'email', addresses: ['ana@team.example', 'bo@team.example'] },
  ]);
  await leave();
});

it('both can be read and used on a phone, in the dark', async () => {
  await baton.call('PUT', '/nodes/a-node-with-a-rather-long-name-of-its-own', {
    ...{
      address: 'grpcs://nodes.team.example:50051',
      capabilities: ['render', 'count'],
      slots: 3,
      price: 100,
    },
    labels: { gpu: 'a100', zone: 'eu-central-1b' },
  });
  const url =
    'https://hooks.team.example/a/rather/long/path/that/goes/on/and/on/until/it/does/not/fit/any/more';
  await baton.call('POST', '/webhooks', { url, name: 'on-call', events: ['failure'] });
  const visitor = await visit('/inbox', { size: 'phone', theme: 'dark' });
  const { page, leave } = visitor;
  for (const [name, item] of [
    ['Nodes', 'a-node-with-a-rather-long-name-of-its-own'],
    ['Webhooks', 'on-call'],
  ] as const) {
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name }).click();
    await page.getByRole('link', { name: item }).waitFor();
    expect(await faultsOf(visitor)).toEqual([]);
    await page.getByRole('link', { name: item }).click();
    await page.getByRole('heading', { name: item, level: 2 }).waitFor();
    expect(await faultsOf(visitor)).toEqual([]);
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByRole('link', { name: item }).waitFor();
  }
  await leave();
});

/** Sends Escape in the very moment in which the page shows it, before anything has the focus. */
async function escapeOnceThereIs(page: Page, selector: string): Promise<void> {
  const press = `document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }))`;
  await page.evaluate(`void (globalThis.escaped = new Promise((done) => new MutationObserver((_, observer) => {
    if (document.querySelector(${JSON.stringify(selector)}) === null) return;
    observer.disconnect();
    done(${press});
  }).observe(document.body, { childList: true, subtree: true })))`);
}
