import { expect, it } from 'vitest';
import { whyNotAnswer } from './may-answer.ts';

const asked = {
  status: 'open' as const,
  approvers: [] as string[],
  not_starter: false,
  answers: [],
  needed: 1,
};

it('says who may not answer, and why', () => {
  expect(whyNotAnswer(asked, '', null)).toBeUndefined();
  expect(whyNotAnswer({ ...asked, approvers: ['ana'] }, '', null)).toContain('Say who you are');
  expect(whyNotAnswer({ ...asked, approvers: ['ana'] }, 'Bo', null)).toBe('Only ana may answer.');
  expect(whyNotAnswer({ ...asked, approvers: ['ana'] }, 'Ana', null)).toBe('Only ana may answer.');
  expect(whyNotAnswer({ ...asked, approvers: ['ana'] }, ' ana ', null)).toBeUndefined();
  expect(whyNotAnswer({ ...asked, not_starter: true }, 'ana', 'ana')).toContain('started the run');
  expect(
    whyNotAnswer({ ...asked, answers: [{ by: 'ana', at: '', answer: {}, decision: null }] }, 'ana', null),
  ).toContain('somebody else');
  expect(whyNotAnswer({ ...asked, status: 'answered' }, 'Ana', null)).toContain('not open');
});
