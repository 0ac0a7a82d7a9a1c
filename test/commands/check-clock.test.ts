import { describe, expect, it } from 'vitest';
import { checkTime } from '../../src/commands/check-clock.ts';

const SKEW_MS = 3000;

const trip = (roundTripMs: number, setMs = 0) =>
  checkTime({ server: 'a', permissions: [], trip: { roundTripMs, setMs } }, SKEW_MS);

const broker = (aheadMs: number, uncertaintyMs = 1) =>
  checkTime({ server: 'a', permissions: [], brokerClock: { aheadMs, uncertaintyMs } }, SKEW_MS);

describe('the way to a server and back', () => {
  it.each([
    [0.3, 'ok'],
    [1500, 'ok'],
    [1501, 'warning'],
    [6000, 'warning'],
    [6001, 'error'],
  ])('of %d ms with 3 s allowed is %s', (roundTripMs, severity) => {
    expect(trip(roundTripMs)).toEqual([expect.objectContaining({ severity })]);
  });

  it('says that the clock was set meanwhile, and which way', () => {
    expect(trip(1, 50)).toHaveLength(1);
    expect(trip(1, 51)[1]).toMatchObject({
      severity: 'warning',
      detail: expect.stringContaining('set forward by 51 ms'),
    });
    expect(trip(1, -2000)[1]).toMatchObject({
      severity: 'warning',
      detail: expect.stringContaining('set back by 2 s'),
    });
  });
});

describe('the server’s clock', () => {
  it.each([
    [0, 1, 'ok', /agree \(± 1 ms\)/],
    [400, 1, 'ok', /400 ms behind the server’s/],
    [-400, 1, 'ok', /400 ms ahead of the server’s/],
    [1502, 1, 'warning', /1\.5 s behind/],
    [3002, 1, 'error', /3 s behind/],
    [-3002, 1, 'error', /3 s ahead of/],
    // Not for certain.
    [3002, 1000, 'warning', /± 1 s/],
    [3002, 2000, 'ok', /± 2 s/],
    [1000, 2000, 'ok', /agree \(± 2 s\)/],
  ])('%d ms ahead, give or take %d ms, with 3 s allowed is %s', (aheadMs, uncertaintyMs, severity, detail) => {
    const [row, ...rest] = broker(aheadMs, uncertaintyMs);
    expect(rest).toEqual([]);
    expect(row?.severity).toBe(severity);
    expect(row?.detail).toMatch(detail);
    if (severity !== 'ok') expect(row?.advice).toContain('synchronise');
  });

  it('that it does not tell is said, with its version', () => {
    const facts = { address: 'a:4222', version: '2.9.10', tls: false, jetStream: false, canTrace: false };
    const rows = checkTime({ server: 'a', permissions: [], facts, trip: { roundTripMs: 1, setMs: 0 } }, SKEW_MS);
    expect(rows[1]).toMatchObject({ severity: 'ok', detail: expect.stringContaining('2.9.10') });
  });
});
