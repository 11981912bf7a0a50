import { describe, expect, it } from 'vitest';
import type { IngestLog } from '@/api/types';
import { toDraft, toSettings } from './limits';
import { buckets, reasons, sums } from './log';

describe('limits', () => {
  const stored = {
    project: { requestsPerSecond: 0.5, bytesPerDay: 2_500_000 },
    keys: [{ keyId: '7', limits: { maxRequestBytes: 1_000_000, burstSeconds: 3 } }],
  };

  it('come back from a draft as they were stored', () => {
    expect(toSettings(toDraft(stored))).toEqual(stored);
  });

  it('name the field that holds no number', () => {
    const draft = toDraft(stored);
    const key = { keyId: '7', limits: { ...draft.project, bytesPerSecond: 'much' } };
    expect(toSettings({ ...draft, keys: [key] })).toEqual({ wrong: '/keys/0/limits/bytesPerSecond' });
  });
});

describe('what was sent', () => {
  const minute = (at: string, requests: number, refused: IngestLog['minutes'][number]['refused'] = []) => ({
    at: `2026-11-23T${at}:00Z`,
    requests,
    records: requests * 10,
    bytes: requests * 100,
    refused,
  });
  const log: IngestLog = {
    since: '2026-11-23T03:00:00Z',
    until: '2026-11-23T03:05:30Z',
    minutes: [
      minute('03:00', 1),
      minute('03:01', 2, [{ reason: 'limit', requests: 4, records: 40 }]),
      minute('03:05', 8, [
        { reason: 'limit', requests: 1, records: 1 },
        { reason: 'records', requests: 0, records: 90 },
      ]),
    ],
    keys: [],
    bytesToday: 0,
    queue: { waiting: 0, ageSeconds: 0 },
  };

  it('is put into buckets of whole minutes', () => {
    expect(buckets(log, 100)).toMatchObject({
      width: 60_000,
      taken: [1, 2, 0, 0, 0, 8],
      refused: [0, 4, 0, 0, 0, 1],
    });
    expect(buckets(log, 3)).toMatchObject({ width: 120_000, taken: [3, 0, 8], refused: [4, 0, 1] });
  });

  it('is summed, and its reasons too', () => {
    expect(sums(log)).toEqual({ requests: 11, records: 110, bytes: 1100, refused: 5 });
    expect(reasons(log).map(({ reason, requests }) => [reason, requests])).toEqual([
      ['records', 0],
      ['limit', 5],
    ]);
  });
});
