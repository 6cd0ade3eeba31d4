import { describe, expect, it } from 'vitest';
import { deliveryWords, eventsWords, titleOf, webhookWords, whereTo } from './webhook-words.ts';

describe('a webhook', () => {
  it('is on, off, or given up for a reason', () => {
    expect(webhookWords({ enabled: true, disabled_reason: null }).text).toBe('On');
    expect(webhookWords({ enabled: false, disabled_reason: null }).text).toBe('Off');
    expect(webhookWords({ enabled: false, disabled_reason: 'it answered 410' })).toMatchObject({
      text: 'Given up',
      more: 'it answered 410',
    });
  });

  it('is called by its name, else by its id', () => {
    expect(titleOf({ name: null, id: 'wh-1' })).toBe('wh-1');
    expect(whereTo({ url: null, addresses: ['a@b.example', 'c@d.example'] })).toBe(
      'a@b.example, c@d.example',
    );
  });

  it('is sent what it asks for', () => {
    expect(eventsWords({ events: [] })).toBe('what definitions name it for');
    expect(eventsWords({ events: ['run.*', '*'] })).toBe('everything');
    expect(eventsWords({ events: ['run.*', 'question'] })).toBe('run.*, question');
  });
});

it('a delivery that has failed so far says so', () => {
  expect(deliveryWords({ status: 'pending', attempts: 0 }).text).toBe('On its way');
  expect(deliveryWords({ status: 'pending', attempts: 3 }).text).toBe('Retrying ×3');
  expect(deliveryWords({ status: 'dead', attempts: 9 }).text).toBe('Given up');
});
