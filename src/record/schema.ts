import { z } from 'zod';
import { namespaceTypes } from '../kernel/namespaces.ts';
import { timePattern } from './time.ts';

/**
 * The one source of the record format nstrace/1: types, validation and docs/nstrace-1.schema.json come from here.
 * A field never changes its meaning within nstrace/1; readers ignore fields and types that they do not know.
 */

const inode = z.int().nonnegative().describe('inode of a namespace');
const pid = z.int().nonnegative().describe('pid on the host');
const time = z
  .string()
  .regex(new RegExp(`^${timePattern}$`))
  .describe('RFC 3339, UTC, nanoseconds');
const mono = z.string().regex(/^\d+$/).describe('CLOCK_BOOTTIME in ns, as a string: it passes 2^53');
const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);

const namespaceSet = z
  .object({
    pid: inode.optional().describe('the one the process lives in, not the one for its children'),
    mnt: inode.optional(),
    net: inode.optional(),
    ipc: inode.optional(),
    uts: inode.optional(),
    user: inode.optional(),
    cgroup: inode.optional(),
    time: inode.optional(),
  })
  .describe('the namespaces of the process; those that could not be read are left out');

const changedNamespaces = z.partialRecord(z.enum(namespaceTypes), inode);

const instance = z
  .int()
  .positive()
  .describe(
    'from 1 in order of first sight, unique within one recording id, never reused; absent in recordings of 0.1',
  );

const oneContainer = z.object({
  id: z.string().describe('whole, never cut'),
  name: z.string(),
  runtime: z.string().describe('runc, docker, ...; for namespaces without a runtime the command that made them'),
  instance: instance.optional(),
});
const containerRef = oneContainer.nullable().describe('null on the host');

const origin = z.enum(['init', 'born', 'joined']).describe('how the process came into its container');
const evidence = z
  .enum(['init', 'lineage', 'pidns', 'cgroup', 'mnt'])
  .describe('why the process stands in its container, the strongest first; docs/architecture.md');

const common = {
  seq: z.int().positive().describe('1, 2, 3, ... in file order'),
  time,
  mono,
  recording: z.string().optional().describe('of a merged record: the recording it comes from'),
  source_seq: z.int().positive().optional().describe('of a merged record: its seq in that recording'),
};

const merged = {
  host: z.string().optional().describe('of a merged record: the name of the host it comes from'),
};

const carried = z
  .literal(true)
  .optional()
  .describe('repeated at the beginning of a part: readers of several parts skip it');

const aboutProcess = {
  pid,
  nspid: z.array(z.int().nonnegative()).min(1).describe('pids from the host to the innermost pid namespace'),
  nspid_truncated: z.boolean().optional().describe('true if it is nested deeper than was read'),
  ns: namespaceSet,
  container: containerRef,
  role: z
    .enum(['runtime', 'monitor', 'helper'])
    .optional()
    .describe('of a process that works for a container from outside; its container is null'),
  for: oneContainer.optional().describe('the container that a process with a role works for'),
};

const program = {
  ppid: pid.describe('the real parent'),
  pcomm: z.string().optional().describe('command name of the parent, if known'),
  uid: z.int().nonnegative(),
  gid: z.int().nonnegative(),
  comm: z.string(),
  comm_base64: base64.optional(),
  exe: z.string().describe('path as executed'),
  exe_base64: base64.optional(),
  exe_truncated: z.boolean().optional(),
  euid: z.int().nonnegative().optional().describe('whose rights it has, if not its user’s (a setuid program)'),
  egid: z.int().nonnegative().optional().describe('the same for the group'),
  auid: z.int().nonnegative().optional().describe('who logged in (audit); absent if nobody did'),
  session: z.int().nonnegative().optional().describe('session of the audit system'),
  tty: z.string().optional().describe('its terminal, as ps prints it: pts/3'),
  caps_gained: z.array(z.string()).optional().describe('capabilities that the exec gave it and its caller lacked'),
  cwd: z.string().optional().describe('as the process sees it; absent if its name is not certain'),
  cwd_base64: base64.optional(),
  args: z.array(z.string()).describe('the real argv, argv[0] too'),
  args_base64: z.array(base64).optional().describe('the exact bytes, if some are not UTF-8'),
  args_bytes: z.int().nonnegative().describe('true length of the argument area, with a NUL after each argument'),
  args_truncated: z.boolean(),
  origin: origin.optional().describe('absent on the host'),
  evidence: evidence.optional().describe('why it stands in its container; absent on the host'),
  unit: z.string().optional().describe('its systemd unit, on the host'),
};

const containerInfo = z.object({
  id: z.string(),
  name: z.string(),
  runtime: z.string(),
  instance: instance.optional(),
  root: z.string().optional().describe('root or namespace of the runtime, where it is not the usual one'),
  image: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  pidns: inode.optional(),
  init: pid.optional().describe('pid of its init process on the host'),
  started: time.optional().describe('birth of its init'),
  pod: z.object({ id: z.string(), name: z.string().optional() }).optional(),
  cgroups: z.array(z.string()).optional().describe('its cgroup paths'),
  inside: z.array(oneContainer).optional().describe('the containers around it, the nearest first'),
  shared: z
    .partialRecord(z.enum(namespaceTypes), z.array(z.string()))
    .optional()
    .describe('namespaces that are the host’s (`host`) or those of other containers, by their ids'),
});

const requester = z.object({
  pid,
  uid: z.int().nonnegative().optional(),
  comm: z.string(),
  args: z.array(z.string()).optional(),
});

const askedBy = requester.extend({
  start: mono.optional().describe('CLOCK_BOOTTIME of its start in ns: with the pid its identity'),
  user: z.string().optional(),
  auid: z.int().nonnegative().optional(),
  tty: z.string().optional(),
  evidence: z.array(z.string()).describe('why it is certain that this process asked'),
});

export const schemas = {
  header: z.object({
    type: z.literal('header'),
    ...common,
    schema: z.literal('nstrace/1'),
    recording: z.string().describe('unique id of this recording'),
    part: z.int().positive().optional().describe('of a recording in several files: which one, from 1'),
    started: time,
    host: z.object({ name: z.string(), boot_id: z.string(), kernel: z.string(), arch: z.string() }),
    tool: z.object({ nstrace: z.string(), bpftrace: z.string(), node: z.string() }),
    host_ns: namespaceSet,
    filters: z.record(z.string(), z.unknown()),
    args: z.array(z.string()),
  }),
  process: z
    .object({
      type: z.literal('process'),
      ...common,
      ...merged,
      ...aboutProcess,
      ...program,
      started: time.describe('when the process started; exact to 10 ms'),
      carried,
    })
    .describe('a process that was there before tracing began'),
  exec: z.object({
    type: z.literal('exec'),
    ...common,
    ...merged,
    ...aboutProcess,
    ...program,
    ret: z.int().max(0).describe('0, or the negative errno of a failed exec'),
    errno: z.string().optional().describe('ENOENT, ...'),
    folded: z
      .int()
      .positive()
      .optional()
      .describe('how many more failed execs of this process since its last record were only counted'),
    old_tid: pid.optional().describe('the thread that called exec, if it was not the leader'),
    exe_file: z
      .object({
        device: z.string().describe('MAJOR:MINOR, as in /proc/PID/mountinfo'),
        inode: z.int().nonnegative(),
        layer: z
          .literal('upper')
          .optional()
          .describe(
            'it is in the upper layer of an overlay: written, or given another owner or mode, since the image was made',
          ),
        deleted: z.literal(true).optional().describe('it had no name any more, or never had one (memfd_create)'),
      })
      .optional()
      .describe(
        'the file that runs (of a script: its interpreter), where it is not as the image has it: absent if neither layer nor deleted hold, or no overlay says so',
      ),
  }),
  fork: z.object({
    type: z.literal('fork'),
    ...common,
    ...merged,
    ...aboutProcess,
    ppid: pid.describe('the parent'),
    by_pid: pid.optional().describe('who called clone, if that is not the parent (CLONE_PARENT)'),
    by: pid.optional().describe('by_pid in recordings of 0.1'),
    comm: z.string(),
    flags: z.array(z.string()).describe('CLONE_NEW* asked for'),
    origin: origin.optional(),
  }),
  exit: z.object({
    type: z.literal('exit'),
    ...common,
    ...merged,
    ...aboutProcess,
    ppid: pid,
    comm: z.string().optional().describe('the kernel’s at that moment'),
    comm_base64: base64.optional(),
    exe: z.string().optional(),
    exe_base64: base64.optional(),
    code: z.int().min(0).max(255).optional().describe('absent if it was killed'),
    signal: z.string().optional().describe('SIGKILL, ... if it was killed'),
    core: z.boolean().describe('whether a core was dumped'),
    oom: z.literal(true).optional().describe('the kernel killed it because memory ran out'),
    duration_ns: z.int().nonnegative().describe('since its start'),
  }),
  namespace: z.object({
    type: z.literal('namespace'),
    ...common,
    ...merged,
    ...aboutProcess,
    op: z.enum(['unshare', 'setns', 'clone']),
    tid: pid.optional().describe('the thread, if it was not the leader: then `ns` stays'),
    comm: z.string().optional(),
    created: changedNamespaces.optional(),
    joined: changedNamespaces.optional().describe('empty if nothing changed'),
    repeated: z
      .int()
      .positive()
      .optional()
      .describe('of calls that changed nothing: how many this process made since its exec, in one record'),
  }),
  cgroup: z.object({
    type: z.literal('cgroup'),
    ...common,
    ...merged,
    ...aboutProcess,
    op: z.enum(['mkdir', 'attach', 'rename', 'rmdir']),
    by_pid: pid.optional().describe('who moved the process, for attach'),
    by: pid.optional().describe('by_pid in recordings of 0.1'),
    tid: pid.optional().describe('the thread, if it was moved alone'),
    path: z.string(),
    path_base64: base64.optional(),
    new_path: z
      .string()
      .optional()
      .describe('of rename: what it is called from now on; path is what it was called, empty if that is not known'),
    new_path_base64: base64.optional(),
    path_truncated: z
      .boolean()
      .optional()
      .describe('true if path, or of rename new_path, may be longer: the kernel reports 1,023 bytes'),
    hierarchy: z.string().describe('"unified", or the controllers of a v1 hierarchy as in /proc/PID/cgroup'),
    id: z.int().nonnegative(),
  }),
  container: z.object({
    type: z.literal('container'),
    ...common,
    ...merged,
    pid: pid.optional(),
    nspid: z.array(z.int().nonnegative()).optional(),
    op: z.enum(['seen', 'created', 'started', 'joined', 'stopped', 'removed', 'named']),
    container: containerInfo,
    carried,
    by: requester.optional().describe('who asked: the runtime’s command'),
    asked_by: askedBy
      .optional()
      .describe('the person’s command behind it; on created, started and joined, only if certain'),
    evidence: z
      .array(z.string())
      .optional()
      .describe('why it is a container, why it has its name, why this process stands in it'),
    reason: z
      .enum(['late', 'renamed'])
      .optional()
      .describe('of named: only late applies to earlier records of the instance'),
    start_seen: z
      .enum(['exec', 'birth'])
      .optional()
      .describe('of started: whether its first program or the birth of its init'),
    startup_ns: z.int().nonnegative().optional().describe('from the runtime’s exec to init’s exec'),
    startup: z
      .object({
        client_ns: z
          .int()
          .nonnegative()
          .optional()
          .describe('from the client’s exec to the runtime’s: before startup_ns'),
        runtime_ns: z.int().nonnegative().optional(),
        cgroup_ns: z.int().nonnegative().optional(),
        namespaces_ns: z.int().nonnegative().optional(),
        rest_ns: z.int().nonnegative().optional(),
      })
      .optional()
      .describe('its parts, in this order'),
    code: z.int().optional(),
    signal: z.string().optional(),
    oom: z.literal(true).optional().describe('its init was killed because memory ran out'),
  }),
  usage: z
    .object({
      type: z.literal('usage'),
      ...common,
      ...merged,
      container: oneContainer,
      cpu_ns: z.int().nonnegative().optional().describe('CPU time of the container since its cgroup was made'),
      memory_bytes: z
        .int()
        .nonnegative()
        .optional()
        .describe(
          'memory that it uses now, without file pages that the kernel can drop at once, as docker stats has it',
        ),
      busiest: z
        .array(z.object({ pid, cpu_ns: z.int().positive() }))
        .optional()
        .describe(
          'its processes that used most CPU time in interval_ns, the most first, exact to 10 ms; absent if none used any, or there are more than 256',
        ),
      interval_ns: z
        .int()
        .positive()
        .optional()
        .describe(
          'the time since the reading before, to the ns; time and mono are those of the heartbeat and can be a second off',
        ),
    })
    .describe('of a container, from its cgroup files, every 2 s where it is asked for; what they do not say is absent'),
  lost: z.object({
    type: z.literal('lost'),
    ...common,
    ...merged,
    count: z.int().nonnegative().describe('how many; a lower bound if `exact` is false'),
    exact: z.boolean(),
    from: time,
    to: time,
    cpu: z.int().nonnegative().optional(),
    stage: z
      .string()
      .describe('where: kernel, pipe, queue, disk, spool or limit; readers take others, which may come, as they are'),
  }),
  footer: z.object({
    type: z.literal('footer'),
    ...common,
    ...merged,
    ended: time,
    reason: z.string(),
    events: z.record(z.string(), z.int().nonnegative()).describe('records by type'),
    lost: z.int().nonnegative(),
    cut: z.int().nonnegative().describe('records in which something was cut'),
    complete: z.boolean().describe('true only if nothing was lost and nothing was cut'),
    probe: z
      .object({ made: z.int(), delivered: z.int(), lost: z.int() })
      .describe('lines made by the probes in the kernel = delivered + lost'),
  }),
} as const;

export const recordSchema = z.discriminatedUnion('type', [
  schemas.header,
  schemas.process,
  schemas.exec,
  schemas.fork,
  schemas.exit,
  schemas.namespace,
  schemas.cgroup,
  schemas.container,
  schemas.usage,
  schemas.lost,
  schemas.footer,
]);

export type NstraceRecord = z.infer<typeof recordSchema>;
export type RecordOf<Type extends NstraceRecord['type']> = Extract<NstraceRecord, { type: Type }>;
/** Records about one process. */
export type ProcessRecord = RecordOf<'process' | 'exec' | 'fork' | 'exit' | 'namespace' | 'cgroup'>;
export type ContainerRef = NonNullable<RecordOf<'exec'>['container']>;
export type ContainerInfo = RecordOf<'container'>['container'];
export type NamespaceSet = RecordOf<'exec'>['ns'];
export type Evidence = z.infer<typeof evidence>;
export type Role = NonNullable<RecordOf<'exec'>['role']>;
export type Origin = NonNullable<RecordOf<'exec'>['origin']>;
