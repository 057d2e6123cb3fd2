import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, inject } from 'vitest';
import type { RecordOf } from '../../../src/record/schema.ts';
import { ownFolder } from '../support/own-folder.ts';
import { run } from '../support/run.ts';
import { type Bundle, makeBundle } from '../support/runc.ts';
import { bpftraceOption, parseRecord, program, traced } from '../support/trace.ts';

const id = `nstrace-tui-${process.pid}`;
const folder = ownFolder();
let servers = 0;
/** A tmux server of each test's own: one that is asked to end is still there for a moment. */
const server = (): string[] => ['-S', join(folder, `tmux-${servers}`)];
let bundle: Bundle;
beforeEach(async () => {
  if (inject('cannotTrace') === '') {
    bundle = await makeBundle();
  }
});
afterEach(async () => {
  await execa('tmux', [...server(), 'kill-server'], { reject: false });
  servers += 1;
  await bundle?.remove();
});

const tmux = async (...args: string[]): Promise<string> => (await run('tmux', ...server(), ...args)).stdout;

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** nstrace in a window of a tmux server of this test's own; its stderr and status are kept in files. */
const start = async (args: readonly string[], { columns = 120, rows = 40 } = {}): Promise<void> => {
  const environment = 'env -u NO_COLOR -u FORCE_COLOR -u LC_CTYPE CI=false LANG=C.UTF-8 LC_ALL=C.UTF-8';
  const [command, ...rest] = args;
  // One that a test gives is the last one, which counts.
  const words = [program, command!, ...bpftraceOption, ...rest].map(quoted).join(' ');
  // Only the files of the last run.
  await run('rm', '-f', join(folder, 'status'), join(folder, 'stderr'));
  const shell = `${environment} ${words} 2>stderr; echo $? >status; sleep 600`;
  await execa('tmux', [
    ...server(),
    ...['-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', String(rows)],
    ...['-c', folder, 'sh', '-c', shell],
  ]);
};

const screen = (): Promise<string> => tmux('capture-pane', '-p');
/** One key after the other, as fingers do. */
const press = async (...keys: string[]): Promise<void> => {
  if (keys[0] === '-l') {
    await tmux('send-keys', ...keys);
    return;
  }
  for (const key of keys) {
    await tmux('send-keys', key);
    await sleep(50);
  }
};
const shows = (wanted: RegExp) => expect.poll(screen, { interval: 50 }).toMatch(wanted);
const hides = (wanted: RegExp) => expect.poll(screen, { interval: 50 }).not.toMatch(wanted);

const file = (name: string): Promise<string> => readFile(join(folder, name), 'utf8').catch(() => '');
const ends = (status: number) => expect.poll(() => file('status')).toBe(`${status}\n`);

/** What these tests run is to be seen among all that the machine does: tmux too is started for every look at the screen. */
const onlyTrue = async (): Promise<void> => {
  await press('/');
  await press('-l', 'l:^/bin/true');
  await press('Enter');
  await shows(/filter: l:\^\/bin\/true/);
};

/** A container that runs until it is removed, and is quiet. */
const runs = async (): Promise<void> => {
  void bundle.run(id, ['sh', '-c', 'sleep 6301; true']);
  await expect.poll(async () => (await run('runc', 'state', id)).stdout).toContain('"running"');
};

describe('nstrace live on a terminal', () => {
  traced('shows a container, who runs in it, and who joined it', async () => {
    await start(['live']);
    await shows(/● tracing/);
    await runs();
    await shows(new RegExp(`^${id.slice(0, 10)}\\S* +running `, 'm'));
    await press('Tab');
    await shows(new RegExp(`^▾ ${id} {2}running \\w+ +\\d+ alive \\d+ execs .* runc pid:\\[\\d+\\] init \\d+`, 'm'));
    await shows(/sleep 6301/);
    const entered = execa('timeout', ['600', 'runc', 'exec', id, 'top', '-b'], { reject: false, stdin: 'ignore' });
    await shows(/◆ entered \(\d+ steps\) by root: \S*runc exec \S+ top -b, pid \d+/);
    await shows(/^ +\S+ +\d+ +\d+ ◆ top -b$/m);
    // The tree and the lanes know them too.
    await press('Tab', 'Tab');
    await shows(new RegExp(`^▾ ${id}[^▾]*\\d+ +1 +\\S+ +\\S+ +\\S+ sh -c sleep 6301[^▾]*top -b`, 'm'));
    await press('Tab');
    await shows(/top -b .*◆/);
    await press('q');
    await ends(0);
    expect(await file('stderr')).toMatch(/^nstrace: \d+ execs in \d+ s, \d+ containers, 0 events lost$/m);
    entered.kill();
    await entered;
  });

  traced('filters, opens details with the ancestry, and goes back', async () => {
    await start(['live']);
    await shows(/● tracing/);
    await runs();
    await shows(/sleep 6301/);
    await press('Tab', 'Tab', '/');
    await press('-l', `c:${id} x:exec 6301`);
    await shows(new RegExp(`/c:${id} x:exec 6301_`));
    await press('Enter');
    await shows(/filter: c:/);
    await hides(/ host /);
    await press('g', 'Enter');
    await shows(/^ancestry$/m);
    const details = await screen();
    expect(details).toContain(`container  ${id} (runc)`);
    expect(details).toMatch(/pid +\d+, inside 1$/m);
    expect(details).toMatch(/^ +\d+ \S*runc.* run .* {2}<- in the host$/m);
    await press('G');
    await press('-l', 'jjjjjjjjjjjjjjjjjjjjjjjj');
    await shows(new RegExp(`runc exec -t ${id} sh`));
    await press('Escape');
    await shows(/filter: c:/);
    await press('Escape');
    await press('Escape');
    await hides(/filter: c:/);
    await press('q');
    await ends(0);
  });

  traced('has what the runtime did behind the line that says the container was created', async () => {
    await start(['live']);
    await shows(/● tracing/);
    await runs();
    await shows(/sleep 6301/);
    await press('Tab', 'Tab', '/');
    await press('-l', `c:${id} e:container`);
    await press('Enter');
    await shows(new RegExp(`\\+ created ${id} \\(runc\\) \\(\\d+ steps\\) by root: runc run`));
    await press('g', 'Enter');
    await shows(/^asked for by$/m);
    await press('G');
    await press(...Array.from({ length: 12 }, () => 'PageDown'));
    await shows(/^ +\S+ +\d+ namespace +unshare created .*pid:\[\d+\]/m);
    // A runtime that a person calls keeps its line; what that executes does not.
    await press('Escape', 'Escape', '/');
    await press('-l', `n:runc !l:tmux`);
    await press('Enter');
    await shows(/runc run /);
    await press('q');
    await ends(0);
  });

  traced('Space pauses what is shown, never what is traced', async () => {
    await start(['live']);
    await shows(/● tracing/);
    await press('Tab', 'Tab');
    await onlyTrue();
    await run('/bin/true', 'before-the-pause');
    await shows(/true before-the-pause/);
    await press('Space');
    await shows(/‖ paused/);
    await run('/bin/true', 'while-it-is-paused');
    await shows(/‖ paused, \d+ new/);
    await sleep(500);
    expect(await screen()).not.toContain('while-it-is-paused');
    await press('Space');
    await shows(/true while-it-is-paused/);
    // The grouped view, which is the first one, too.
    await press('Tab', 'Tab', 'Tab', 'Tab', 'Space');
    await shows(/\[grouped\]/);
    await shows(/‖ paused/);
    await run('/bin/true', 'paused-once-more');
    await sleep(1000);
    expect(await screen()).not.toContain('paused-once-more');
    await press('Space');
    await shows(/true paused-once-more/);
    await press('q');
    await ends(0);
  });

  traced('records into the folder in which it runs, and the file is as the schema says', async () => {
    await runs();
    await start(['live'], { columns: 160, rows: 40 });
    await shows(/● tracing/);
    await onlyTrue();
    await run('/bin/true', 'not-recorded');
    await shows(/true not-recorded/);
    await press('r');
    await shows(/◉ nstrace-\S+\.ndjson/);
    await run('/bin/true', 'is-recorded');
    await shows(/true is-recorded/);
    await press('r');
    await shows(/recorded to nstrace-\S+\.ndjson/);
    await hides(/◉/);
    await run('/bin/true', 'too-late');
    await shows(/true too-late/);
    await press('q');
    await ends(0);
    const names = (await readdir(folder)).filter((name) => name.endsWith('.ndjson'));
    expect(names).toHaveLength(1);
    const text = await readFile(join(folder, names[0]!), 'utf8');
    const records = text.trimEnd().split('\n').map(parseRecord);
    expect(records.at(0)?.type).toBe('header');
    expect(records.at(-1)?.type).toBe('footer');
    expect(records.map(({ seq }) => seq)).toEqual(records.map((_, index) => index + 1));
    expect(
      records.some((record) => record.type === 'container' && record.op === 'seen' && record.container.id === id),
    ).toBe(true);
    expect(text).toContain('is-recorded');
    expect(text).not.toContain('not-recorded');
    expect(text).not.toContain('too-late');
    const replay = await run(program, 'replay', '--strict', join(folder, names[0]!));
    expect(replay.stderr).toBe('');
    expect(replay.exitCode).toBe(0);
    expect(replay.stdout).toContain('true is-recorded');
    await run('rm', join(folder, names[0]!));
  });

  traced('records what is needed to understand a recording that begins in the middle', async () => {
    await runs();
    await start(['live'], { columns: 160, rows: 40 });
    await shows(/● tracing/);
    await press('r');
    await shows(/◉ nstrace-\S+\.ndjson/);
    await press('Tab', 'Tab', '/');
    await press('-l', `c:${id} l:^true.inside`);
    await press('Enter');
    await run('runc', 'exec', id, 'true', 'inside');
    await shows(/◆ true inside$/m);
    await press('r');
    await shows(/recorded to nstrace-\S+\.ndjson/);
    await press('q');
    await ends(0);
    const [name] = (await readdir(folder)).filter((candidate) => candidate.endsWith('.ndjson'));
    const records = (await readFile(join(folder, name!), 'utf8')).trimEnd().split('\n').map(parseRecord);
    await run('rm', join(folder, name!));
    const inside = records.find((record) => record.type === 'exec' && record.args.join(' ') === 'true inside');
    expect(inside).toMatchObject({ container: { id }, origin: 'joined' });
    const footer = records.at(-1)!;
    expect(footer.type).toBe('footer');
    expect(footer.time >= records.at(-2)!.time, `it ended at ${footer.time}, after ${records.at(-2)!.time}`).toBe(true);
    // Without those that run already a replay knows neither trees nor ancestors.
    expect(records.some((record) => record.type === 'process' && record.container?.id === id)).toBe(true);
  });

  traced('ends a recording that still goes on when it is left', async () => {
    await start(['live'], { columns: 160, rows: 40 });
    await shows(/● tracing/);
    await onlyTrue();
    await press('r');
    await shows(/◉ nstrace-\S+\.ndjson/);
    await run('/bin/true', 'is-recorded');
    await shows(/true is-recorded/);
    await press('q');
    await ends(0);
    const [name] = (await readdir(folder)).filter((candidate) => candidate.endsWith('.ndjson'));
    const records = (await readFile(join(folder, name!), 'utf8')).trimEnd().split('\n').map(parseRecord);
    const footer = records.at(-1) as RecordOf<'footer'>;
    expect(footer).toMatchObject({ type: 'footer', complete: true, probe: { lost: 0 } });
    // The probes' lines of the recording, not of all that was traced before.
    expect(footer.probe.made).toBeGreaterThan(0);
    expect(footer.probe.made).toBe(footer.probe.delivered);
    await run('rm', join(folder, name!));
  });

  traced('waits for a container that is not there yet, and shows it when it comes', async () => {
    await start(['live', '--container', id]);
    await shows(/◌ waiting/);
    await shows(new RegExp(`Waiting for a container ${id}`));
    await runs();
    await shows(/sleep 6301/);
    await shows(/● tracing/);
    await hides(/Waiting for/);
    expect(await screen()).not.toMatch(/^▾ host/m);
    await press('q');
    await ends(0);
  });

  traced('leaves the terminal as it was when it is killed, and nothing behind', async () => {
    await start(['live']);
    await shows(/● tracing/);
    const pid = (await tmux('list-panes', '-F', '#{pane_pid}')).trim();
    const { stdout: child } = await run('ps', '--ppid', pid, '-o', 'pid=');
    const { stdout: tracer } = await run('ps', '--ppid', child.trim(), '-o', 'pid=,comm=');
    expect(tracer).toContain('bpftrace');
    process.kill(Number(child.trim()), 'SIGTERM');
    await ends(0);
    expect(await tmux('display-message', '-p', '#{alternate_on} #{cursor_flag}')).toBe('0 1');
    // It is killed with us, and the kernel takes a second to detach its probes.
    const left = async () => (await run('ps', '-p', tracer.trim().split(' ')[0]!, '-o', 'comm=')).stdout;
    await expect.poll(left).toBe('');
  });

  traced('says in a line that bpftrace failed, gives the terminal back and ends with a status', async () => {
    await start(['live', '--bpftrace', '/bin/false']);
    await expect.poll(() => file('status')).toMatch(/^[1-9]/);
    expect(await tmux('display-message', '-p', '#{alternate_on} #{cursor_flag}')).toBe('0 1');
    expect(await file('stderr')).toMatch(/^nstrace: /m);
  });

  traced('gives the terminal back while it is stopped with Ctrl-Z, and takes it again', async () => {
    await start(['live']);
    await shows(/● tracing/);
    const pid = (await tmux('list-panes', '-F', '#{pane_pid}')).trim();
    const child = (await run('ps', '--ppid', pid, '-o', 'pid=')).stdout.trim();
    await press('C-z');
    await expect.poll(() => tmux('display-message', '-p', '#{alternate_on} #{cursor_flag}')).toBe('0 1');
    // It gives the terminal back before it stops.
    await expect.poll(async () => (await run('ps', '-o', 'state=', '-p', child)).stdout.trim()).toBe('T');
    process.kill(Number(child), 'SIGCONT');
    await shows(/● tracing/);
    await expect.poll(() => tmux('display-message', '-p', '#{alternate_on} #{cursor_flag}')).toBe('1 0');
    await press('?');
    await shows(/Moving/);
    await press('q', 'q');
    await ends(0);
  });
});
