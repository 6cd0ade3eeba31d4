import { describe, expect, it } from 'vitest';
import { answerFrom } from './offline.ts';

const events = Array.from({ length: 5 }, (_, at) => ({
  seq: at + 1,
  type: at % 2 === 0 ? 'message' : 'error',
  step: at === 4 ? 'a' : null,
}));
const page = {
  run: 'r',
  at: '2026-11-28T10:00:00.000Z',
  answers: { '/api/v1/runs/r': { id: 'r' }, '/api/v1/runs/r/events': { items: events } },
};

const get = async (path: string, method = 'GET') => {
  const response = answerFrom(page, `http://baton.invalid/api/v1${path}`, method);
  return {
    status: response.status,
    body: (await response.json()) as {
      items?: { seq: number }[];
      code?: string;
      next_cursor?: string | null;
    },
  };
};
const seqs = async (query: string) => (await get(`/runs/r/events${query}`)).body.items?.map(({ seq }) => seq);
const next = async (query: string) => (await get(`/runs/r/events${query}`)).body.next_cursor;

describe('the answers of an exported page', () => {
  it('are those of the API', async () => {
    expect(await get('/runs/r')).toEqual({ status: 200, body: { id: 'r' } });
  });

  it('are cut as the API cuts lists', async () => {
    expect(await seqs('')).toEqual([1, 2, 3, 4, 5]);
    expect(await seqs('?after=2&limit=2')).toEqual([3, 4]);
    expect(await seqs('?before=4&order=desc')).toEqual([3, 2, 1]);
    expect(await seqs('?scope=run')).toEqual([1, 2, 3, 4]);
    expect(await seqs('?type=error,complete')).toEqual([2, 4]);
  });

  it('tell where a list goes on that was cut', async () => {
    expect(await next('?after=2&limit=2')).toBe('4');
    expect(await next('?order=desc&limit=2')).toBe('4');
    expect(await next('?order=desc&limit=2&before=3')).toBeNull();
  });

  it('are refusals for what is not in it, and for what would change something', async () => {
    expect(await get('/runs/other')).toMatchObject({ status: 404, body: { code: 'not_exported' } });
    expect(await get('/runs/r', 'POST')).toMatchObject({ status: 405, body: { code: 'read_only' } });
  });
});
