import { describe, expect, it } from 'vitest';
import type { Claim, Fact } from '@/api/types';
import { ownWords, unsaid } from './repeats';

const claim = (text: string): Claim => ({
  id: text,
  text,
  kind: 'derived',
  verdict: 'derived',
  evidence: [],
  facts: [],
});
const fact = (text: string): Fact => ({
  id: 'F1',
  kind: 'k',
  severity: 'info',
  stepId: '',
  pointers: [],
  values: {},
  text,
});

describe('what was said already', () => {
  it('is not said again as a fact', () => {
    expect(unsaid([fact('a.'), fact('b.')], [claim('a.')]).map((f) => f.text)).toEqual(['b.']);
    expect(unsaid([fact('a.')], undefined)).toHaveLength(1);
  });
  it('leaves the headline its own words', () => {
    expect(ownWords('Kept 3 of 3. It got no category.', [claim('It got no category.')])).toBe('Kept 3 of 3.');
    expect(ownWords('All of it.', [claim('All of it.')])).toBe('');
    expect(ownWords('Other.', [claim('')])).toBe('Other.');
  });
});
