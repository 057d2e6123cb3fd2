import { closeSync, openSync, writeSync } from 'node:fs';
import type { NstraceRecord } from '../src/record/schema.ts';
import { toLine } from '../src/recording/write/line.ts';

const hostNs = {
  ...{ pid: 0xeffffffc, mnt: 0xeffffff8, net: 0xeffffff9, ipc: 0xefffffff },
  ...{ uts: 0xeffffffe, user: 0xeffffffd, cgroup: 0xeffffffb, time: 0xeffffffa },
};
const containers = 20;
/** Between two records, in ns: 3000 a second. */
const stepNs = 333_000n;
const began = BigInt(Date.UTC(2026, 0, 2)) * 1_000_000n;

/** Writes a recording of short processes, half of them in 20 containers: a fork, an exec and an exit each. */
export const writeRecording = (path: string, count: number): void => {
  const descriptor = openSync(path, 'w', 0o600);
  const events: Record<string, number> = {};
  let seq = 0;
  let mono = 500_000_000_000n;
  let text = '';
  const put = (type: string, fields: object): void => {
    seq += 1;
    mono += stepNs;
    events[type] = (events[type] ?? 0) + 1;
    text += toLine({ type, seq, time: timeOf(mono), mono: String(mono), ...fields } as unknown as NstraceRecord);
    if (text.length > 1_000_000) {
      writeSync(descriptor, text);
      text = '';
    }
  };
  put('header', {
    ...{
      schema: 'nstrace/1',
      recording: 'bench',
      started: timeOf(mono),
      host_ns: hostNs,
      filters: {},
      args: ['record'],
    },
    host: { name: 'bench', boot_id: 'bench', kernel: '6.18', arch: 'x86_64' },
    tool: { nstrace: '0.1.0', bpftrace: '0.17.0', node: '20' },
  });
  const inside = Array.from({ length: containers }, (_, index) => {
    const ns = { ...hostNs, pid: 0xf0000000 + 4 * index, mnt: 0xf0000001 + 4 * index, net: 0xf0000002 + 4 * index };
    const id = (index + 1).toString(16).padStart(2, '0').repeat(32);
    const container = { id, name: `web-${index}`, runtime: 'docker' };
    put('container', { op: 'seen', container: { ...container, image: 'nginx', pidns: ns.pid, init: 500 + index } });
    return { ns, container };
  });
  for (let index = 0; seq < count - 3; index += 1) {
    const pid = 1000 + (index % 30_000);
    const at = index % 2 === 0 ? undefined : inside[index % containers];
    const where = { pid, nspid: at === undefined ? [pid] : [pid, 10 + (index % 3000)], ns: at?.ns ?? hostNs };
    const common = {
      ...where,
      container: at?.container ?? null,
      ppid: at === undefined ? 400 : 500 + (index % containers),
    };
    const origin = at === undefined ? {} : { origin: 'born' };
    const args = ['some-tool', '--alpha', 'beta gamma', `/etc/some/file/${index}`];
    put('fork', { ...common, comm: 'bash', flags: [], ...origin });
    put('exec', {
      ...{ ...common, pcomm: 'bash', uid: 0, gid: 0, comm: 'some-tool', exe: '/usr/bin/some-tool', args },
      ...{ args_bytes: args.join(' ').length + 1, args_truncated: false, ret: 0, ...origin },
    });
    put('exit', {
      ...common,
      code: 0,
      core: false,
      duration_ns: 666_000,
      comm: 'some-tool',
      exe: '/usr/bin/some-tool',
    });
  }
  put('footer', {
    ...{ ended: timeOf(mono), reason: 'interrupt', events: { ...events }, lost: 0, cut: 0, complete: true },
    probe: { made: seq, delivered: seq, lost: 0 },
  });
  writeSync(descriptor, text);
  closeSync(descriptor);
};

const timeOf = (mono: bigint): string => {
  const ns = began + mono;
  return `${new Date(Number(ns / 1_000_000n)).toISOString().slice(0, -1)}${String(ns % 1_000_000n).padStart(6, '0')}Z`;
};
