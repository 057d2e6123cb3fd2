import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Stop, type StopSignal } from '../../src/console/stop.ts';

const signals: StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const exits: unknown[] = [];

beforeEach(() => {
  exits.length = 0;
  vi.useFakeTimers();
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    exits.push(code);
    return undefined as never;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const signal of signals) {
    process.removeAllListeners(signal);
  }
  process.removeAllListeners('exit');
});

const send = (...sent: StopSignal[]): void => {
  for (const signal of sent) {
    process.emit(signal);
    vi.advanceTimersByTime(20);
  }
};

describe('a stop', () => {
  it('has the first reason, and aborts with it', async () => {
    const stop = new Stop();
    expect(stop.signal.aborted).toBe(false);
    send('SIGTERM', 'SIGHUP');
    expect(await stop.asked).toBe('terminated');
    expect(stop.signal.aborted).toBe(true);
  });

  it('does not take hangups and terminations that come again for impatience', () => {
    const stop = new Stop();
    send('SIGHUP', 'SIGHUP', 'SIGTERM', 'SIGTERM', 'SIGTERM', 'SIGINT');
    expect(stop.leave.aborted).toBe(false);
    expect(exits).toEqual([]);
  });

  it('takes SIGINTs that come at once for one, as timeout(1) sends them', () => {
    const stop = new Stop();
    process.emit('SIGINT');
    process.emit('SIGINT');
    expect(stop.signal.aborted).toBe(true);
    expect(stop.leave.aborted).toBe(false);
    expect(exits).toEqual([]);
  });

  it('leaves at once with a second SIGINT where nothing is to be finished', () => {
    const stop = new Stop();
    send('SIGINT', 'SIGINT');
    expect(stop.leave.aborted).toBe(true);
    expect(exits).toEqual([130]);
  });

  it('gives a recording a moment for its footer, and none with a third SIGINT', () => {
    const stop = new Stop();
    stop.finishes = true;
    send('SIGINT', 'SIGINT');
    expect(stop.leave.aborted).toBe(true);
    expect(exits).toEqual([]);
    vi.advanceTimersByTime(3000);
    expect(exits).toEqual([130]);
    send('SIGINT');
    expect(exits).toEqual([130, 130]);
  });

  it('passes only a first signal on', async () => {
    const passed: StopSignal[] = [];
    const stop = new Stop((signal) => passed.push(signal) > 0);
    send('SIGTERM');
    expect(stop.signal.aborted).toBe(false);
    send('SIGTERM');
    expect(passed).toEqual(['SIGTERM']);
    expect(await stop.asked).toBe('terminated');
  });
});
