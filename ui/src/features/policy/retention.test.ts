import { describe, expect, it } from 'vitest';
import { keptFrom, lossWords, toDays } from './retention';

const expiry = (payloads: number, structure: number) => ({
  payloadsBefore: '2026-11-01T00:00:00Z',
  structureBefore: '2026-11-01T00:00:00Z',
  payloads,
  structure,
  counted: 10_000,
});

describe('retention', () => {
  it('takes whole days only, and names the field', () => {
    expect(toDays({ payloadDays: '7', structureDays: '1,000' })).toEqual({
      payloadDays: 7,
      structureDays: 1000,
    });
    expect(toDays({ payloadDays: '', structureDays: '9' })).toEqual({ wrong: '/payloadDays' });
    expect(toDays({ payloadDays: '7', structureDays: '9.5' })).toEqual({ wrong: '/structureDays' });
  });

  it('says what would be deleted', () => {
    expect(lossWords(expiry(0, 0))).toBeUndefined();
    expect(lossWords(expiry(1, 0))).toBe('This deletes the payloads of 1 execution.');
    expect(lossWords(expiry(2, 3))).toBe('This deletes 3 executions as a whole.');
    expect(lossWords(expiry(10_000, 1_204))).toBe(
      'This deletes 1,204 executions as a whole, and the payloads of 10,000 executions or more.',
    );
  });

  it('says from which day on data is kept', () => {
    const now = Date.parse('2026-11-23T03:00:00Z');
    expect(keptFrom(30, now)).toBe('24 Oct 2026');
    expect(keptFrom(0, now)).toBeUndefined();
  });
});
