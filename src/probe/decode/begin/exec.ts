import type { ExecEvent, Stamp } from '../../event.ts';
import { fileFlags } from '../../wire.ts';
import type { CpuLines } from '../cpu-lines.ts';
import type { Fields } from '../fields.ts';
import type { NamespaceCache } from '../namespaces.ts';

/** A successful exec. */
export const beginExec = (stamp: Stamp, fields: Fields, cpu: CpuLines, namespaces: NamespaceCache): void => {
  fields.hex();
  const pid = fields.high;
  const oldTid = fields.low;
  fields.hex();
  const ppid = fields.high;
  const level = fields.low >>> 24;
  const innermost = fields.low & 0xff_ffff;
  const start = fields.nanoseconds();
  fields.hex();
  const uid = fields.high;
  const gid = fields.low;
  const ns = namespaces.read(fields);
  const cgroupId = fields.number();
  fields.hex();
  const vfork = fields.high;
  const pathBytes = fields.low;
  fields.hex();
  const terminal = fields.high;
  const argsBytes = fields.low;
  fields.hex();
  const auid = fields.high;
  const session = fields.low;
  fields.hex();
  const cwdDevice = fields.high;
  const cwdRoot = fields.low;
  const cwdInode = fields.number();
  const { credentials, file } = cpu;
  cpu.credentials = undefined;
  cpu.file = undefined;
  const event: ExecEvent = {
    kind: 'exec',
    mono: stamp.mono,
    at: stamp.at,
    cpu: stamp.cpu,
    seq: stamp.seq,
    pid,
    start,
    vfork,
    oldTid,
    ppid,
    uid,
    gid,
    nspid: level === 0 ? [pid] : [pid, innermost],
    ns,
    cgroupId,
    credentials,
    file,
    auid,
    session,
    terminal,
    cwdDevice,
    cwdInode,
    cwdRoot,
    cwd: undefined,
    exe: '',
    exeWhole: true,
    comm: '',
    args: [],
    argsBytes,
    argsSent: 0,
    tail: undefined,
  };
  cpu.exec.begin(event, pathBytes, level, fields);
  cpu.begin(cpu.exec);
};

/** The next line of this CPU is the exec that this belongs to, or more about it. */
export const beginFile = (fields: Fields, cpu: CpuLines): void => {
  fields.hex();
  const device = fields.high;
  const flags = fields.low;
  const inode = fields.number();
  const upper = (flags & fileFlags.upper) !== 0;
  cpu.file = { device, inode, upper, deleted: (flags & fileFlags.deleted) !== 0 };
};

/** The same. */
export const readCredentials = (fields: Fields, cpu: CpuLines): void => {
  fields.hex();
  const euid = fields.high;
  const egid = fields.low;
  cpu.credentials = { euid, egid, gained: fields.mask() };
};
