import { expect, it } from 'vitest';
import type { Key, Session } from '@/api/types';
import { envBlock, expiryAt, inOrder, overlapUntil } from './keys';

const key = (id: string, state: Key['state'], createdAt: string): Key => ({
  id,
  name: id,
  scope: 'read',
  state,
  prefix: 'xray_a',
  createdAt,
});

it('puts keys that work before those that do not, the newest first', () => {
  const all = [
    key('a', 'revoked', '2026-03-01T00:00:00Z'),
    key('b', 'active', '2026-01-01T00:00:00Z'),
    key('c', 'ending', '2026-02-01T00:00:00Z'),
    key('d', 'expired', '2026-04-01T00:00:00Z'),
  ];
  expect(inOrder(all).map(({ id }) => id)).toEqual(['c', 'b', 'd', 'a']);
});

it('reckons when a key and an old secret end', () => {
  const now = Date.parse('2026-11-23T00:00:00Z');
  expect(expiryAt('', now)).toBeUndefined();
  expect(expiryAt('30', now)).toBe('2026-12-23T00:00:00.000Z');
  expect(overlapUntil('0', now)).toBe('2026-11-23T00:00:00.000Z');
  expect(overlapUntil('1', now)).toBe('2026-11-23T23:59:00.000Z');
});

it('offers an environment for those that send only', () => {
  const session = { otlp: { http: 'http://x:4318', grpc: 'http://x:4317' } } as Session;
  expect(envBlock('xray_s', 'ingest', session)).toContain('OTEL_EXPORTER_OTLP_HEADERS=x-api-key=xray_s');
  expect(envBlock('xray_s', 'read', session)).toBe('export XRAY_API_KEY=xray_s');
});
