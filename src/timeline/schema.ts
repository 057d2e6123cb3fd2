import { z } from 'zod';
import { namespaceTypes } from '../kernel/namespaces.ts';
import { schemas } from '../record/schema.ts';

/** The one source of what `nstrace timeline -o json` prints: one object per container. */

const time = schemas.container.shape.time;
const inodes = z.partialRecord(z.enum(namespaceTypes), z.int().nonnegative());
const requester = schemas.container.shape.by.unwrap();
const person = schemas.container.shape.asked_by;

const entry = z.object({
  at_ns: z.int().describe('since the beginning of the timeline'),
  time,
  kind: z.enum(['process', 'exec', 'fork', 'exit', 'namespace', 'cgroup']),
  pid: z.int().nonnegative(),
  nspid: z.array(z.int().nonnegative()).optional(),
  ppid: z.int().nonnegative().optional(),
  depth: z.int().nonnegative().describe('in the tree of the processes of this timeline'),
  helper: z.literal(true).optional().describe('a process outside: of the runtime, or of who entered'),
  comm: z.string().optional(),
  exe: z.string().optional(),
  args: z.array(z.string()).optional(),
  args_base64: z.array(z.string()).optional(),
  args_truncated: z.boolean().optional(),
  uid: z.int().nonnegative().optional(),
  ret: z.int().max(0).optional(),
  errno: z.string().optional(),
  again: z.literal(true).optional().describe('the same program with the same arguments once more'),
  origin: schemas.exec.shape.origin,
  starts: z.literal(true).optional().describe('this exec starts the container’s program'),
  joined_by: requester.optional().describe('this is the first program of somebody who entered, and who that was'),
  joined_asked_by: person.describe('the person’s command behind that'),
  op: z.string().optional(),
  created: inodes.optional(),
  joined: inodes.optional(),
  paths: z.array(z.string()).optional().describe('of cgroups'),
  hierarchies: z.array(z.string()).optional(),
  code: z.int().optional(),
  signal: z.string().optional(),
  core: z.boolean().optional(),
  oom: z.literal(true).optional(),
  duration_ns: z.int().nonnegative().optional(),
  ends: z.literal(true).optional().describe('this exit ends the container'),
});

export const timelineSchema = z.object({
  type: z.literal('timeline'),
  host: z.string().optional().describe('its host, where recordings of several hosts were read'),
  recording: z.string().optional().describe('the recording it is from, where several were read'),
  container: schemas.container.shape.container,
  begin: time,
  end: time.describe('of the last thing that is known of it'),
  seen: z.boolean().describe('true if it was there before tracing began'),
  asked: requester.optional().describe('who asked for it'),
  asked_by: person,
  startup_ns: schemas.container.shape.startup_ns,
  startup: schemas.container.shape.startup,
  started_ns: z.int().optional().describe('when its program started'),
  stopped_ns: z.int().optional().describe('when its init ended'),
  removed_ns: z.int().optional().describe('when its cgroup or its last namespace went'),
  code: z.int().optional(),
  signal: z.string().optional(),
  oom: z.literal(true).optional(),
  counts: z.record(z.string(), z.int().nonnegative()).describe('entries by kind, the dropped ones too'),
  dropped: z.int().nonnegative().describe('entries left out of the middle'),
  lost: z.int().nonnegative().describe('events lost while it lived, of whatever container'),
  entries: z.array(entry),
});

export type Timeline = z.infer<typeof timelineSchema>;
export type TimelineEntry = z.infer<typeof entry>;
