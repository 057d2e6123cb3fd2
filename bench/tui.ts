import { EventEmitter } from 'node:events';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { render } from 'ink';
import { createElement } from 'react';
import type { NstraceRecord } from '../src/record/schema.ts';
import { Ui } from '../src/tui/keys/ui.ts';
import { makeTheme } from '../src/tui/paint/theme.ts';
import { modes } from '../src/tui/rows/rows.ts';
import { maxLogEvents } from '../src/tui/store/event-log.ts';
import { App } from '../src/tui/terminal/app.ts';
import { boundHeap } from '../src/tui/terminal/v8.ts';
import { pauseAfter, View } from '../src/tui/view.ts';
import { container, containerNs, exec, header, process as running } from '../test/fixtures/records.ts';

const columns = 120;
const rows = 40;
const users = { nameOf: (uid: number) => String(uid), idOf: () => undefined, all: () => [] };

const makeView = (): View =>
  new View({
    ui: new Ui({ isReplay: false, users }),
    theme: makeTheme({ colors: 'dark', unicode: true }),
    users,
    size: () => ({ columns, rows }),
    status: () => ({
      ...{ state: 'tracing', seconds: 1, cpuPercent: 1, memoryBytes: 1e8 },
      ...{ recording: undefined, message: undefined, replay: undefined },
    }),
    onEffect: () => {},
  });

/** A terminal that takes everything and shows nothing. */
class NoTerminal extends EventEmitter {
  readonly columns = columns;
  readonly rows = rows;
  readonly isTTY = true;
  bytes = 0;

  readonly write = (text: string): boolean => {
    this.bytes += Buffer.byteLength(text);
    return true;
  };
}

class NoKeyboard extends EventEmitter {
  readonly isTTY = true;
  setEncoding(): void {}
  setRawMode(): void {}
  ref(): void {}
  unref(): void {}
  resume(): void {}
  pause(): void {}
  read(): null {
    return null;
  }
}

const showOn = (view: View): { terminal: NoTerminal; stop: () => void } => {
  const terminal = new NoTerminal();
  const ink = render(createElement(App, { view }), {
    stdout: terminal as unknown as NodeJS.WriteStream,
    stderr: new NoTerminal() as unknown as NodeJS.WriteStream,
    stdin: new NoKeyboard() as unknown as NodeJS.ReadStream,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  return { terminal, stop: () => ink.unmount() };
};

const refOf = (index: number) => ({
  ...{ id: `id-${index}`, name: `container-${index}`, runtime: 'runc' },
  instance: index + 1,
});

const nsText = JSON.stringify(containerNs);

/** Birth, exec and end of processes, in turn in N containers, a step of time apart; each record is read anew, as those of a recording are. */
const lives = function* (containers: number, stepNs: number, startNs = 1e9): Generator<NstraceRecord, never> {
  const time = '2026-01-02T03:04:05.123456789Z';
  for (let life = 0; ; life += 1) {
    const container = refOf(life % containers);
    const pid = 1000 + (life % 60_000);
    const mono = (step: number): string => String(startNs + (life * 3 + step) * stepNs);
    const seq = life * 3;
    const args = ['sh', '-c', `work ${life}`, '--option=value', '/usr/share/some/file'];
    const who = `"pid":${pid},"nspid":[${pid},7],"ns":${nsText},"container":${JSON.stringify(container)},"ppid":400`;
    const record = (type: string, step: number, rest: string): NstraceRecord =>
      JSON.parse(`{"type":"${type}","seq":${seq + step + 1},"time":"${time}","mono":"${mono(step)}",${who},${rest}}`);
    yield record('fork', 0, '"comm":"sh","flags":[],"origin":"born"');
    yield record(
      'exec',
      1,
      `"uid":0,"gid":0,"comm":"sh","exe":"/bin/sh","args":${JSON.stringify(args)},"args_bytes":50,"args_truncated":false,"ret":0,"origin":"born"`,
    );
    yield record('exit', 2, '"comm":"sh","exe":"/bin/sh","code":0,"core":false,"duration_ns":1000000');
  }
};

/** The same lives on many hosts, in turn, as a merged stream has them. */
const livesOnHosts = function* (hosts: number, stepNs: number): Generator<NstraceRecord, never> {
  const sources = Array.from({ length: hosts }, () => lives(20, stepNs));
  for (let turn = 0; ; turn += 1) {
    const host = turn % hosts;
    // Birth, exec and end of one process come from one host.
    for (let step = 0; step < 3; step += 1) {
      const record = sources[host]!.next().value;
      yield Object.assign(record, { host: `host-${host}`, recording: `recording-${host}`, source_seq: record.seq });
    }
  }
};

const beginHosts = (view: View, hosts: number): void => {
  for (let host = 0; host < hosts; host += 1) {
    const of = { host: `host-${host}`, recording: `recording-${host}`, source_seq: 1 };
    const start = header({ mono: '1' });
    view.store.take({ ...start, host: { ...start.host, name: of.host }, recording: of.recording, source_seq: 1 });
    for (let index = 0; index < 20; index += 1) {
      const info = { ...refOf(index), pidns: containerNs.pid, init: 100_000 + index };
      view.store.take({ ...container({ mono: '1', op: 'seen', container: info }), ...of });
    }
  }
};

const begin = (view: View, containers: number): void => {
  view.store.take(header({ mono: '1' }));
  for (let index = 0; index < containers; index += 1) {
    const pid = 100_000 + index;
    const ref = refOf(index);
    view.store.take(container({ mono: '1', op: 'seen', container: { ...ref, pidns: containerNs.pid, init: pid } }));
    view.store.take(running({ mono: '1', pid, nspid: [pid, 1], ns: containerNs, container: ref, args: ['init'] }));
  }
};

const take = (view: View, source: Generator<NstraceRecord, never>, count: number): void => {
  for (let index = 0; index < count; index += 1) {
    view.store.take(source.next().value);
  }
};

/** Ink shows no more than 30 frames a second. */
const inkMs = 40;

/**
 * CPU time of N events a second, and of frames as often as they are made, in percent of one core. A second of the stream takes as long as the
 * machine needs for it, so that what else it does makes no difference; what makes the events is measured by itself and subtracted.
 */
const measureRate = async (perSecond: number, seconds: number, withInk: boolean, hosts = 1) => {
  const make = () => (hosts === 1 ? lives(20, 1e9 / perSecond) : livesOnHosts(hosts, (1e9 / perSecond) * hosts));
  const each = perSecond / 10;
  const steps = seconds * 10;
  const percentOf = async (step: () => void | Promise<void>): Promise<number> => {
    const before = process.cpuUsage();
    for (let index = 0; index < steps; index += 1) {
      await step();
      await sleep(inkMs);
    }
    return cpuMs(before) / 10 / seconds;
  };
  const idle = make();
  const making = await percentOf(() => {
    for (let index = 0; index < each; index += 1) {
      idle.next();
    }
  });
  const view = makeView();
  if (hosts === 1) {
    begin(view, 20);
  } else {
    beginHosts(view, hosts);
  }
  const shown = withInk ? showOn(view) : undefined;
  const source = make();
  let frames = 0;
  let due = 0;
  let now = 0;
  const all = await percentOf(async () => {
    take(view, source, each);
    now += 100;
    if (now >= due) {
      const before = process.cpuUsage();
      view.refresh();
      // Ink draws after that.
      await setImmediate();
      due = now + pauseAfter(cpuMs(before));
      frames += 1;
    }
  });
  shown?.stop();
  return { percent: all - making, frames, bytesPerFrame: (shown?.terminal.bytes ?? 0) / frames };
};

/** Bytes that the heap grew by for each frame, once the store is as full as it gets. */
const measureGrowth = async (frames: number, withInk: boolean): Promise<number> => {
  if (globalThis.gc === undefined) {
    throw new Error('node needs --expose-gc');
  }
  const view = makeView();
  begin(view, 20);
  const source = lives(20, 1e5);
  take(view, source, 3 * maxLogEvents);
  const shown = withInk ? showOn(view) : undefined;
  const show = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) {
      take(view, source, 30);
      view.refresh();
      await sleep(0);
    }
  };
  // What was dropped is left in a list for a while: right after it was left out, heaps can be compared.
  const tidy = (): void => {
    for (let length = -1; view.store.events.all.length > length; ) {
      length = view.store.events.all.length;
      take(view, source, 1);
    }
  };
  await show(1000);
  tidy();
  const before = heapUsed();
  await show(frames);
  tidy();
  const after = heapUsed();
  shown?.stop();
  return (after - before) / frames;
};

const framesOf = (view: View, count: number): { median: number; most: number } => timesOf(count, () => view.refresh());

/** In ms of CPU time of this process, collecting garbage included: what else runs on the machine is left out. */
const timesOf = (count: number, act: (index: number) => void): { median: number; most: number } => {
  const times = Array.from({ length: count }, (_, index) => {
    const before = process.cpuUsage();
    act(index);
    return cpuMs(before);
  }).sort((a, b) => a - b);
  return { median: times[times.length >> 1]!, most: times.at(-1)! };
};

const cpuMs = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const setMode = (view: View, mode: (typeof modes)[number]): void => {
  while (view.ui.mode !== mode) {
    view.press('tab');
  }
};

const heapUsed = (): number => {
  globalThis.gc!();
  globalThis.gc!();
  return process.memoryUsage().heapUsed;
};

/** ms of CPU time a frame, and a key that moves, in every mode, with N containers, events and processes. */
const measureModes = (containers: number, events: number) => {
  const view = makeView();
  begin(view, containers);
  const before = heapUsed();
  const cpuBefore = process.cpuUsage();
  take(view, lives(containers, 1e4), events);
  const perEvent = (cpuMs(cpuBefore) * 1000) / events;
  const heapPerEvent = (heapUsed() - before) / view.store.events.count;
  const frames = modes.map((mode) => {
    setMode(view, mode);
    const frame = framesOf(view, 50);
    const key = timesOf(20, (index) => view.press(index % 2 === 0 ? 'j' : 'pagedown'));
    view.press('f');
    return { mode, ...frame, key };
  });
  return { perEvent, heapPerEvent, frames };
};

/** ms a frame of the tree of N processes, all children of one. */
const measureTree = (processes: number) => {
  const view = makeView();
  begin(view, 1);
  for (let index = 0; index < processes; index += 1) {
    view.store.take(running({ mono: '1', pid: 200_000 + index, nspid: [200_000 + index], ppid: 3 }));
  }
  view.store.take(running({ mono: '1', pid: 3, nspid: [3], ppid: 0 }));
  setMode(view, 'tree');
  return framesOf(view, 5);
};

/** ms a frame of the details of one exec whose last argument has N bytes. */
const measureDetails = (character: string, bytes: number) => {
  const view = makeView();
  begin(view, 1);
  view.store.take(exec({ args: ['sh', '-c', character.repeat(bytes / Buffer.byteLength(character))] }));
  setMode(view, 'flat');
  view.press('k');
  view.press('enter');
  return framesOf(view, 3);
};

const ms = ({ median, most }: { median: number; most: number }) =>
  `${median.toFixed(1)} ms, ${most.toFixed(1)} ms at most`;

const rateLines = async function* (): AsyncGenerator<string> {
  for (const [withInk, hosts] of [[false, 1] as const, [false, 50] as const, [true, 1] as const, [true, 50] as const]) {
    const { percent, frames, bytesPerFrame } = await measureRate(10_000, 10, withInk, hosts);
    const written = withInk ? `, ${Math.round(bytesPerFrame)} bytes a frame` : '';
    const where = hosts === 1 ? '' : ` on ${hosts} hosts`;
    yield `10,000 events a second${where} for 10 s, ${columns}x${rows}${withInk ? ', with Ink' : ''}: ${percent.toFixed(1)}% of one core, ${frames} frames${written}`;
  }
};

const growthLines = async function* (): AsyncGenerator<string> {
  for (const withInk of [false, true]) {
    const growth = await measureGrowth(3000, withInk);
    yield `heap growth over 3,000 frames${withInk ? ', with Ink' : ''}: ${growth.toFixed(0)} bytes a frame`;
  }
};

const frameLines = async function* (): AsyncGenerator<string> {
  const { perEvent, heapPerEvent, frames } = measureModes(1000, 300_000);
  yield `300,000 events of 1,000 containers: ${perEvent.toFixed(2)} µs an event, ${heapPerEvent.toFixed(0)} bytes of heap for each that is kept`;
  yield* frames.map((frame) => `  a frame ${frame.mode}: ${ms(frame)}; a key ${ms(frame.key)}`);
  yield `a frame of the tree of 20,000 children of one process: ${ms(measureTree(20_000))}`;
  yield `a frame of the details of an argument of 60 KiB, ASCII: ${ms(measureDetails('x', 60 * 1024))}`;
  yield `a frame of the details of an argument of 60 KiB, wide letters: ${ms(measureDetails('日', 60 * 1024))}`;
};

/** Three minutes of 1,500 execs a second, as fast as they can be taken: MB of the process at most, and of its heap in the end. */
const measureMemory = async (): Promise<{ most: number; heap: number }> => {
  boundHeap();
  const view = makeView();
  begin(view, 20);
  const shown = showOn(view);
  const source = lives(20, 1e9 / 4500);
  let most = 0;
  for (let tenth = 0; tenth < 1800; tenth += 1) {
    take(view, source, 450);
    view.refresh();
    await sleep(0);
    most = Math.max(most, process.memoryUsage.rss());
  }
  shown.stop();
  return { most: most / 1e6, heap: heapUsed() / 1e6 };
};

const memoryLines = async function* (): AsyncGenerator<string> {
  const { most, heap } = await measureMemory();
  yield `three minutes of 1,500 execs a second: ${most.toFixed(0)} MB of memory at most, ${heap.toFixed(0)} MB of heap in the end`;
};

const parts = { rate: rateLines, growth: growthLines, frames: frameLines, memory: memoryLines };

/**
 * What the view costs, in lines of text.
 *
 * @param part only this one
 */
export const measureTui = async function* (part?: string): AsyncGenerator<string> {
  for (const [name, lines] of Object.entries(parts)) {
    if (part === undefined || part === name) {
      yield* lines();
    }
  }
};
