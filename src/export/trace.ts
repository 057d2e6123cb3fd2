import type { ContainerInfo, ContainerRef, NstraceRecord, ProcessRecord, RecordOf } from '../record/schema.ts';
import {
  birthDetails,
  changeDetails,
  changeName,
  containerDetails,
  processName,
  programDetails,
  programName,
} from './details.ts';
import type { Exporter } from './exporter.ts';
import { type ContainerTrack, Hosts, type ProcessTrack } from './hosts.ts';
import { Rate } from './rate.ts';
import { drawStartup } from './startup.ts';
import { type Details, noFlow, type TraceFormat, type TrackKind } from './tracks.ts';

type ContainerRecord = RecordOf<'container'>;

const host = 'host';

/** Records become tracks: containers, and under them their processes with what they execute. */
export class TraceExporter implements Exporter {
  readonly #format: TraceFormat;
  readonly #hosts = new Hosts();
  readonly #execs: Rate;
  #tracks = 0;
  #flows = 0;
  #lostTrack = 0;
  #lost = 0;
  #execTrack = 0;

  constructor(format: TraceFormat) {
    this.#format = format;
    this.#execs = new Rate((at, value) => this.#countExecs(at, value));
  }

  take(record: NstraceRecord): void {
    if (record.type !== 'header' && record.recording !== undefined) {
      this.#hosts.go(record.recording);
    }
    switch (record.type) {
      case 'header':
        return this.#header(record);
      case 'container':
        return this.#container(record);
      case 'lost':
        return this.#losses(record);
      case 'footer':
        return this.#execs.finish();
      case 'exec':
      case 'process':
      case 'fork':
      case 'exit':
      case 'namespace':
      case 'cgroup':
        return this.#process(record);
      default:
    }
  }

  end(): void {
    this.#execs.finish();
    this.#format.finish();
  }

  #header(record: RecordOf<'header'>): void {
    if (!this.#hosts.begin(record)) {
      // Another part.
      return;
    }
    if (this.#hosts.isFirst) {
      this.#format.header(record);
    }
    this.#box(null);
  }

  #track(parent: number, name: string, kind: TrackKind, pid: number): number {
    this.#tracks += 1;
    this.#format.track(this.#tracks, parent, name, kind, pid);
    return this.#tracks;
  }

  #box(container: ContainerRef | ContainerInfo | null): ContainerTrack {
    const key = keyOf(container);
    let box = this.#hosts.current.boxes.get(key);
    if (box === undefined) {
      const name = this.#hosts.current.name + (container === null ? host : `${container.name} (${container.runtime})`);
      const track = this.#track(0, name, 'container', 0);
      box = { track, startup: container === null ? 0 : this.#track(track, 'startup', 'startup', 0), isOpen: false };
      this.#hosts.current.boxes.set(key, box);
    }
    return box;
  }

  #process(record: ProcessRecord): void {
    const at = this.#hosts.at(record.mono);
    const life = this.#life(record, at);
    switch (record.type) {
      case 'process':
      case 'exec':
        return record.type === 'exec' && record.ret !== 0
          ? this.#format.instant(
              life.track,
              at,
              'exec',
              `${programName(record)} failed: ${record.errno ?? record.ret}`,
              programDetails(record),
              noFlow,
            )
          : this.#executes(life, record, at);
      case 'exit':
        return this.#exits(life, record, at);
      case 'namespace':
      case 'cgroup':
        return this.#format.instant(life.track, at, record.type, changeName(record), changeDetails(record), noFlow);
      default:
    }
  }

  #life(record: ProcessRecord, at: number): ProcessTrack {
    const known = this.#hosts.current.living.get(record.pid);
    const container = keyOf(record.container);
    if (known !== undefined && record.type !== 'fork' && record.type !== 'process') {
      if (known.container === container) {
        return known;
      }
      // It goes on in another container.
      this.#close(known, at, ['goes_on_in', record.container?.name ?? host]);
    } else if (known !== undefined) {
      this.#close(known, at, []);
    }
    const inner = record.nspid.length > 1 ? ` (${record.nspid.at(-1)} inside)` : '';
    const track = this.#track(this.#box(record.container).track, `pid ${record.pid}${inner}`, 'process', record.pid);
    const life = { track, container, open: 1 };
    this.#hosts.current.living.set(record.pid, life);
    this.#format.begin(track, at, 'process', processName(record), birthDetails(record), noFlow);
    return life;
  }

  #executes(life: ProcessTrack, record: RecordOf<'process' | 'exec'>, at: number): void {
    if (life.open > 1) {
      this.#format.end(life.track, at, []);
      life.open -= 1;
    }
    const to = this.#hosts.current.arrows.get(record.pid) ?? 0;
    if (to !== 0) {
      this.#hosts.current.arrows.delete(record.pid);
    }
    const flow = to === 0 ? noFlow : { from: 0, to };
    this.#format.begin(life.track, at, 'exec', programName(record), programDetails(record), flow);
    life.open += 1;
    if (record.type === 'exec') {
      this.#execs.add(at);
    }
  }

  #exits(life: ProcessTrack, record: RecordOf<'exit'>, at: number): void {
    const { code, signal, oom, core, duration_ns } = record;
    this.#close(life, at, [
      'code',
      code,
      'signal',
      signal,
      'oom',
      oom,
      'core',
      core || undefined,
      'duration_ns',
      duration_ns,
    ]);
    this.#hosts.current.living.delete(record.pid);
    this.#hosts.current.arrows.delete(record.pid);
  }

  #close(life: ProcessTrack, at: number, details: Details): void {
    for (; life.open > 0; life.open -= 1) {
      this.#format.end(life.track, at, life.open === 1 ? details : []);
    }
    this.#format.forget(life.track);
  }

  #container(record: ContainerRecord): void {
    const at = this.#hosts.at(record.mono);
    const { container, op } = record;
    const box = this.#box(container);
    if (!box.isOpen && (op === 'seen' || op === 'created' || op === 'started')) {
      box.isOpen = true;
      this.#format.begin(box.track, at, 'container', container.name, containerDetails(container), noFlow);
    }
    switch (op) {
      case 'started':
        drawStartup(this.#format, box.startup, record, at);
        return this.#arrow(record, at, `starts ${container.name}`);
      case 'joined':
        return this.#arrow(record, at, `joins ${container.name}`);
      case 'stopped':
      case 'removed':
        if (box.isOpen && op === 'stopped') {
          box.isOpen = false;
          return this.#format.end(box.track, at, ['code', record.code, 'signal', record.signal, 'oom', record.oom]);
        }
        return this.#format.instant(box.track, at, 'container', op, [], noFlow);
      default:
        return this.#format.instant(box.track, at, 'container', op, [], noFlow);
    }
  }

  /** From who asked for it to the runtime's command, and from that to the first program inside. */
  #arrow(record: ContainerRecord, at: number, name: string): void {
    const by = record.by && this.#hosts.current.living.get(record.by.pid);
    const person = record.asked_by && this.#hosts.current.living.get(record.asked_by.pid);
    let asked = 0;
    if (person !== undefined && record.asked_by?.pid !== record.by?.pid) {
      asked = this.#newFlow();
      const { user, tty, evidence } = record.asked_by!;
      const details = ['user', user, 'tty', tty, 'evidence', evidence.join('; ')];
      this.#format.instant(person.track, at, 'container', `asks: ${name}`, details, { from: asked, to: 0 });
    }
    if (by !== undefined) {
      const enters = record.pid === undefined ? 0 : this.#newFlow();
      this.#format.instant(by.track, at, 'container', name, [], { from: enters, to: asked });
      this.#aim(record.pid, enters);
    } else {
      this.#aim(record.pid, asked);
    }
  }

  #aim(pid: number | undefined, flow: number): void {
    if (pid !== undefined && flow !== 0) {
      this.#hosts.current.arrows.set(pid, flow);
    }
  }

  #newFlow(): number {
    this.#flows += 1;
    return this.#flows;
  }

  #losses(record: RecordOf<'lost'>): void {
    if (this.#lostTrack === 0) {
      this.#lostTrack = this.#track(0, 'lost events', 'counter', 0);
      this.#format.counter(this.#lostTrack, 0, 0);
    }
    this.#lost += record.count;
    const at = this.#hosts.at(record.mono);
    this.#format.counter(this.#lostTrack, at, this.#lost);
    const { count, exact, from, to, stage, cpu } = record;
    const details = ['count', count, 'exact', exact, 'from', from, 'to', to, 'stage', stage, 'cpu', cpu];
    this.#format.instant(this.#box(null).track, at, 'lost', 'events lost', details, noFlow);
  }

  #countExecs(at: number, value: number): void {
    if (this.#execTrack === 0) {
      this.#execTrack = this.#track(0, 'execs/s', 'counter', 0);
    }
    this.#format.counter(this.#execTrack, at, value);
  }
}

const keyOf = (container: ContainerRef | ContainerInfo | null): string =>
  container === null
    ? host
    : container.instance === undefined
      ? `${container.runtime}\0${container.id}`
      : String(container.instance);
