import { describe, expect, it } from 'vitest';
import { chosen, judged, missingOf, reasonOf, wordsOf } from './matching.ts';
import type { Need, NodeView } from './node.ts';

const node = (id: string, more: Partial<NodeView> = {}): NodeView => ({
  id,
  capabilities: ['render'],
  labels: {},
  slots: 2,
  used: 0,
  price: null,
  address: null,
  instance: 'i',
  draining: false,
  alive: true,
  seconds: null,
  losses: 0,
  ...more,
});
const need = (more: Partial<Need> = {}): Need => ({ capability: 'render', labels: {}, prefer: {}, ...more });

describe('a node fits', () => {
  it.each<[string, NodeView, Need, readonly string[]]>([
    ['that can do it', node('a'), need(), []],
    [
      'by its labels alone',
      node('a', { labels: { gpu: 'a100' } }),
      need({ capability: null, labels: { gpu: 'a100' } }),
      [],
    ],
    ['not without the capability', node('a', { capabilities: ['draw'] }), need(), ['cannot render']],
    ['not without a label', node('a'), need({ labels: { gpu: 'a100' } }), ['has no label gpu']],
    [
      'not with another value',
      node('a', { labels: { gpu: 't4' } }),
      need({ labels: { gpu: 'a100' } }),
      ['has gpu=t4 and not a100'],
    ],
    [
      'not by what every object has',
      node('a'),
      need({ labels: { constructor: 'x' } }),
      ['has no label constructor'],
    ],
    ['not while it is away', node('a', { alive: false }), need(), ['is away']],
    ['not while it drains', node('a', { draining: true }), need(), ['takes nothing new']],
    ['not when it is full', node('a', { used: 2 }), need(), ['has all of its 2 slots taken']],
  ])('%s', (_, one, wanted, against) => {
    expect(judged(wanted, [one])[0]?.against).toEqual(against);
    expect(chosen(wanted, [one])?.id).toBe(against.length === 0 ? 'a' : undefined);
  });

  it('that does not want it is left out, and says why', () => {
    const rejections = { a: 'no disk left' };
    expect(chosen(need(), [node('a'), node('b')], rejections)?.id).toBe('b');
    expect(missingOf(need(), [node('a')], rejections)).toBe(
      'a node that can render: a does not want it (no disk left)',
    );
  });
});

describe('of those that fit, the first has', () => {
  it.each<[string, Partial<NodeView>, Partial<NodeView>]>([
    ['more of the preferred labels', { labels: { zone: 'x' }, price: 9, losses: 3 }, { price: 1 }],
    ['fewer losses', { losses: 0, price: 9 }, { losses: 1, price: 1 }],
    ['the lower price', { price: 1, seconds: 9 }, { price: 2, seconds: 1 }],
    ['a price that is known', { price: 100 }, { price: null }],
    ['the shorter time', { seconds: 1, used: 1 }, { seconds: 2 }],
    ['more of its slots free', { slots: 10, used: 1 }, { slots: 2, used: 1 }],
    ['the name that comes first', {}, {}],
  ])('%s', (_, better, worse) => {
    const wanted = need({ prefer: { zone: 'x' } });
    for (const [a, b] of [
      [node('a', better), node('b', worse)],
      [node('b', worse), node('a', better)],
    ] as const)
      expect(chosen(wanted, [a, b])?.id).toBe('a');
  });

  it('and that is told', () => {
    expect(reasonOf(need(), [node('a')])).toBe('a is the only node that fits');
    expect(reasonOf(need(), [node('a', { price: 5 }), node('b', { price: 7 })])).toBe(
      'of 2 that fit, a has the lowest price (5 micro-dollars a second)',
    );
    expect(reasonOf(need(), [node('a', { alive: false })])).toContain('no node fits');
  });
});

describe('what is missing', () => {
  it('is told of those that come nearest', () => {
    const wanted = need({ labels: { gpu: 'a100' } });
    const able = node('able', { labels: { gpu: 'a100' }, used: 2 });
    const others = [1, 2, 3, 4].map((at) => node(`n${at}`));
    expect(missingOf(wanted, [...others, able])).toBe(
      'a node that can render, with gpu=a100: able has all of its 2 slots taken',
    );
    expect(missingOf(wanted, others)).toBe(
      'a node that can render, with gpu=a100: n1 has no label gpu; n2 has no label gpu; n3 has no label gpu; and 1 more',
    );
    expect(missingOf(wanted, [])).toBe('a node that can render, with gpu=a100: no node has joined');
    expect(wordsOf({ capability: null, labels: {}, prefer: {} })).toBe('a node');
  });
});
