import { describe, expect, it } from 'vitest';
import type { Score } from '@/api/types';
import { givenOn } from './thumb';

const thumb = (value: string, more: Partial<Score> = {}): Score => ({
  id: '1',
  executionId: 'e',
  name: 'feedback',
  kind: 'category',
  value,
  comment: '',
  source: 'human',
  author: '',
  mine: true,
  at: '2026-11-22T10:00:00Z',
  ...more,
});

describe('thumbs on a thing', () => {
  const scores = [
    thumb('up'),
    thumb('down', { author: 'ada@example.com' }),
    thumb('down', { stepId: 's1' }),
    thumb('up', { claim: 'c1', stepId: 's2' }),
    thumb('up', { name: 'relevance' }),
  ];
  it('are those on the execution alone, without its steps and claims', () => {
    expect(givenOn(scores, {}, '')).toEqual({ up: 1, down: 1, own: scores[0] });
  });
  it('are those on a step', () => {
    expect(givenOn(scores, { stepId: 's1' }, '')).toMatchObject({ up: 0, down: 1, own: scores[2] });
  });
  it('are those on the words of a claim, whichever explanation says them', () => {
    expect(givenOn(scores, { claim: 'c1' }, '')).toMatchObject({ up: 1, down: 0 });
  });
  it('are nobody else’s, also where an admin may delete them', () => {
    expect(givenOn(scores, {}, 'eve@example.com').own).toBeUndefined();
  });
});
