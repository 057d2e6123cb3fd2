import { z } from 'zod';
import { namespaceTypes } from '../kernel/namespaces.ts';
import { schemas } from '../record/schema.ts';

/** The one source of what `ps`, `ns` and `inspect` print with -o json: one object per line. */

const pid = z.int().nonnegative();
const inode = z.int().nonnegative();
const type = z.enum(namespaceTypes);
const container = schemas.exec.shape.container;
const { comm, exe, cwd, args, args_base64, origin, unit, uid, gid, nspid, evidence, role } = schemas.process.shape;
const { euid, egid, auid, session, tty, caps_gained } = schemas.process.shape;
const worksFor = schemas.process.shape.for;

const process = z.object({
  type: z.literal('process'),
  time: z.string().describe('when it was looked at; RFC 3339'),
  pid,
  nspid,
  ppid: pid,
  uid,
  gid,
  euid,
  egid,
  auid,
  session,
  tty,
  ns: schemas.process.shape.ns,
  container,
  origin,
  unit,
  started: z.string(),
  state: z.string().describe('as in /proc/PID/stat'),
  threads: z.int(),
  cpu_ns: z.int().describe('of all its threads, in steps of 10 ms'),
  rss_bytes: z.int().optional(),
  comm,
  exe,
  cwd,
  args,
  args_base64,
  cgroups: z.record(z.string(), z.string()).describe('path by hierarchy'),
});

const namespace = z.object({
  type: z.literal('namespace'),
  time: z.string(),
  ns_type: type,
  inode,
  host: z.boolean().describe('whether it is the host’s'),
  processes: z.int().nonnegative(),
  pid: pid.optional().describe('its first process'),
  uid: uid.optional(),
  args: z.array(z.string()).optional().describe('of its first process'),
  containers: z.array(container),
  kept_by: z
    .array(
      z.object({
        how: z.enum(['mount', 'descriptor', 'thread', 'children']),
        where: z.string().optional(),
        pid: pid.optional().describe('who keeps it; of a mount, a process that sees it, where the host does not'),
      }),
    )
    .optional()
    .describe('what keeps it though no process is in it'),
  parent: inode.optional(),
  owner: inode.optional().describe('the user namespace that owns it'),
});

/** Whom `inspect` and `why` are asked about. */
const asked = {
  time: z.string(),
  pid,
  gone: z.boolean().describe('it has ended: this is what a recording knows'),
  nspid,
  ppid: pid,
  comm,
};

const inspected = z.object({
  type: z.literal('inspect'),
  ...asked,
  exe: exe.optional(),
  exe_file: schemas.exec.shape.exe_file,
  cwd: cwd.optional(),
  uid: uid.optional(),
  gid: gid.optional(),
  euid,
  egid,
  auid,
  session,
  tty,
  caps_gained: caps_gained.describe('if a recording knows'),
  args,
  started: z.string().optional(),
  ended: z.object({ time: z.string(), code: z.int().optional(), signal: z.string().optional() }).optional(),
  container,
  origin,
  evidence,
  role,
  for: worksFor,
  container_evidence: schemas.container.shape.evidence,
  entered_by: schemas.container.shape.by.describe('who brought it into its container, if a recording knows'),
  entered_asked_by: schemas.container.shape.asked_by.describe('and which person is behind that'),
  namespaces: z.array(
    z.object({
      type,
      inode,
      whose: z.enum(['host', 'container', 'own', 'other']),
      processes: z.int().optional().describe('how many are in it'),
      with: z.array(z.string()).optional().describe('other containers in it, by their ids'),
      with_names: z.array(z.string()).optional().describe('their names, in the same order'),
    }),
  ),
  for_children: z.partialRecord(type, inode).optional().describe('where they differ from its own'),
  cgroups: z.record(z.string(), z.string()).optional(),
  ancestry: z.array(
    z.object({
      pid,
      nspid: nspid.optional(),
      comm,
      args: z.array(z.string()).optional(),
      container,
      pidns: inode.optional(),
    }),
  ),
  ids: z
    .object({
      uid: z.array(z.int()),
      gid: z.array(z.int()),
      groups: z.array(z.int()),
      uid_map: z.array(z.array(z.number())),
      gid_map: z.array(z.array(z.number())),
    })
    .optional()
    .describe('real, effective, saved, file system; maps are inside, outside, length'),
  capabilities: z.record(z.string(), z.array(z.string())).optional(),
  seccomp: z.string().optional(),
  no_new_privs: z.boolean().optional(),
  lsm: z.string().optional().describe('label of AppArmor or SELinux'),
  root: z.string().optional(),
  mounts: z
    .array(
      z.object({
        where: z.string(),
        type: z.string(),
        source: z.string(),
        read_only: z.boolean(),
        from_host: z.string().optional().describe('the folder of the host that is bound here'),
        layers: z.array(z.string()).optional().describe('of an overlay, the uppermost first'),
      }),
    )
    .optional(),
});

const why = z.object({
  type: z.literal('why'),
  ...asked,
  args,
  container,
  origin,
  evidence,
  role,
  for: worksFor,
  because: z.array(z.string()).describe('what that evidence is, in words'),
  container_evidence: z.array(z.string()).describe('why its container is one, and where the name comes from'),
});

export const nowSchema = z.discriminatedUnion('type', [process, namespace, inspected, why]);
export type NowRecord = z.infer<typeof nowSchema>;
export type PsRecord = z.infer<typeof process>;
export type NsRecord = z.infer<typeof namespace>;
export type InspectRecord = z.infer<typeof inspected>;
export type WhyRecord = z.infer<typeof why>;
