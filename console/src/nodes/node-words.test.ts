import { describe, expect, it } from 'vitest';
import type { Assignment } from '../api/generated.ts';
import { lossWords, nodeWords, priceWords, removalWords } from './node-words.ts';

const work = (status: Assignment['status']) => ({ status }) as Assignment;

describe('a node', () => {
  it.each([
    [{ state: 'ready', draining: false, address: null }, 'Connected'],
    [{ state: 'ready', draining: false, address: 'grpc://a:1' }, 'Ready'],
    [{ state: 'full', draining: false, address: null }, 'All slots taken'],
    [{ state: 'draining', draining: true, address: null }, 'Draining'],
    [{ state: 'away', draining: false, address: null }, 'Away'],
    [{ state: 'away', draining: true, address: null }, 'Away, draining'],
  ] as const)('is told by how it stands: %#', (node, text) => {
    expect(nodeWords(node).text).toBe(text);
  });

  it('has a price by the hour, or none that is known', () => {
    expect(priceWords(100)).toBe('$0.36 an hour');
    expect(priceWords(0)).toBe('$0 an hour');
    expect(priceWords(null)).toBe('unknown');
    expect(lossWords(3)).toBe('3 of the last 20');
  });

  it('that is removed loses what it is at, and says whether it comes back', () => {
    const busy = { address: null, assignments: [work('running'), work('assigned'), work('completed')] };
    expect(removalWords(busy)).toContain('2 pieces');
    expect(removalWords(busy)).toContain('back with its next connection');
    expect(removalWords({ address: 'grpc://a:1', assignments: [] })).toBe(
      'It is at nothing now. Baton calls it no more.',
    );
  });
});
