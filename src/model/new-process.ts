import type { Namespaces } from '../kernel/namespaces.ts';
import { monoOfTicks, ticksOf } from '../kernel/time.ts';
import type { Who } from '../probe/event.ts';
import type { ProcProcess } from '../procfs/process.ts';
import { isDaemon } from '../runtimes/client/index.ts';
import { engineIn } from '../runtimes/trust.ts';
import { CgroupSet } from './cgroups.ts';
import type { Process } from './process.ts';

/**
 * A process as its fork shows it, or the first event about it: the rest it has from who made it.
 *
 * @param ns its namespaces, those of its parent if it was made in none of its own
 */
export const born = (
  event: Who,
  ppid: number,
  parent: Process | undefined,
  nspid: number[],
  ns: Namespaces,
): Process => ({
  pid: event.pid,
  startTicks: ticksOf(event.start),
  startAt: event.start.at,
  start: event.start.mono,
  ppid,
  nspid,
  ns,
  nsGuessed: false,
  uid: parent?.uid ?? 0,
  gid: parent?.gid ?? 0,
  auid: parent?.auid,
  session: parent?.session,
  tty: parent?.tty,
  comm: parent?.comm ?? '',
  exe: parent?.exe ?? '',
  args: parent?.args ?? [],
  argsCut: parent?.argsCut ?? false,
  execAt: event.start.at,
  parent,
  ended: false,
  cgroups: parent?.cgroups ?? CgroupSet.none,
  mntMoved: parent?.mntMoved ?? false,
  childPidns: ns.pid,
  unshared: false,
  countedMnt: 0,
  countedPid: 0,
  membership: undefined,
  origin: undefined,
  settled: false,
  command: parent?.command,
  invocation: parent?.invocation,
  engine: parent?.engine,
  daemon: parent?.daemon ?? false,
  role: parent?.role,
  enteredBy: parent?.enteredBy,
});

/** A process that was there before tracing began. What it asks a runtime for is not read yet. */
export const running = (found: ProcProcess, host: Namespaces): Process => {
  const startAt = Number(monoOfTicks(found.startTicks));
  const ns = found.ns ?? host;
  return {
    pid: found.pid,
    startTicks: found.startTicks,
    startAt,
    start: String(monoOfTicks(found.startTicks)),
    ppid: found.ppid,
    nspid: found.nspid,
    ns,
    nsGuessed: found.ns === undefined,
    uid: found.uid,
    gid: found.gid,
    auid: found.auid,
    session: found.session,
    tty: found.tty,
    comm: found.comm,
    exe: found.exe,
    args: found.args,
    argsCut: false,
    execAt: startAt,
    parent: undefined,
    ended: false,
    cgroups: new CgroupSet(found.cgroups),
    mntMoved: false,
    childPidns: found.childPidns ?? ns.pid,
    unshared: found.childPidns !== undefined && found.childPidns !== ns.pid,
    countedMnt: 0,
    countedPid: 0,
    membership: undefined,
    origin: undefined,
    settled: false,
    command: undefined,
    invocation: undefined,
    engine: engineIn(found.exe),
    daemon: isDaemon(found.exe, found.args),
    role: undefined,
    enteredBy: undefined,
  };
};
