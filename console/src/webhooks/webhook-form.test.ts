import { describe, expect, it } from 'vitest';
import type { Webhook } from '../api/generated.ts';
import { changeOf, commandOf, contentOf, ofKind, typedOf } from './webhook-form.ts';

const blank = typedOf(undefined);

describe('a new one', () => {
  it('of another kind is sent what is usual for that, unless somebody has chosen', () => {
    expect(ofKind(blank, 'email').events).toEqual(['question', 'failure', 'budget']);
    expect(ofKind({ ...blank, events: ['run.*'] }, 'slack').events).toEqual(['run.*']);
    expect(ofKind(ofKind(blank, 'email'), 'webhook').events).toEqual(['*']);
  });

  it('has an address or a URL by its kind, and null for what is empty', () => {
    expect(contentOf({ ...blank, url: ' https://a.example/ ', addresses: 'left@over.example' })).toEqual({
      ...{ kind: 'webhook', url: 'https://a.example/', events: ['*'], filter: '', description: '' },
      ...{ name: null, for: null },
    });
    const mail = { ...ofKind(blank, 'email'), addresses: 'a@b.example, c@d.example', person: 'ana' };
    expect(contentOf(mail)).toMatchObject({ addresses: ['a@b.example', 'c@d.example'], for: 'ana' });
    expect(contentOf(mail)).not.toHaveProperty('url');
  });
});

it('the address of one that is changed stays unless another is typed, since it is not shown whole', () => {
  const shown = { ...typedOf(undefined), url: 'https://hooks.example/***' };
  const webhook = { ...shown, id: 'wh-1', for: null, addresses: [], name: null } as unknown as Webhook;
  expect(changeOf(typedOf(webhook))).not.toHaveProperty('url');
  expect(changeOf({ ...typedOf(webhook), url: 'https://b.example/' })).toMatchObject({
    url: 'https://b.example/',
  });
});

it('the same is done on the command line', () => {
  const mail = {
    ...ofKind(blank, 'email'),
    name: 'ana',
    addresses: 'a@b.example',
    person: 'ana',
    events: [],
  };
  expect(commandOf(mail, undefined)).toEqual([
    ...['notify', 'add', 'ana', '--email', 'a@b.example', '--on', 'none', '--for', 'ana'],
  ]);
  expect(commandOf({ ...blank, url: 'https://a.example/' }, undefined)).toEqual([
    ...['webhooks', 'add', 'https://a.example/', '--events', '*'],
  ]);
  expect(commandOf({ ...mail, name: '' }, undefined)).toBeUndefined();
  expect(commandOf(blank, 'wh-1')).toEqual([
    ...['webhooks', 'update', 'wh-1', '--events', '*', '--filter', '', '--for', '', '--description', ''],
  ]);
});
