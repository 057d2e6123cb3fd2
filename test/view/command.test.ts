import { describe, expect, it } from 'vitest';
import { commandLine, describe as describeRecord } from '../../src/view/command.ts';
import { cgroup, container, containerNs, exec, exit, failedExec, fork, namespace } from '../fixtures/records.ts';

const plain = { quote: false, maxArgs: 20 };
const quoted = { quote: true, maxArgs: 20 };

describe('commandLine', () => {
  it('joins the arguments with blanks', () => {
    expect(commandLine(exec({ args: ['ls', '-l', '/tmp'] }), plain)).toBe('ls -l /tmp');
  });

  it('escapes what could harm a terminal', () => {
    expect(commandLine(exec({ args: ['echo', '\x1b[2J\n'] }), plain)).toBe('echo \\x1b[2J\\n');
  });

  it('says that arguments beyond --max-args are left out', () => {
    const record = exec({ args: ['a', 'b', 'c'] });
    expect(commandLine(record, { quote: false, maxArgs: 2 })).toBe('a b ...');
    expect(commandLine(record, { quote: false, maxArgs: 3 })).toBe('a b c');
  });

  it.each([plain, quoted])('says that arguments were cut, with %o', (style) => {
    expect(commandLine(exec({ args: ['ls', 'lon'], args_truncated: true }), style)).toBe('ls lon ...');
  });

  it('quotes for a shell on request', () => {
    expect(commandLine(exec({ args: ['sh', '-c', "echo 'hi'"] }), quoted)).toBe(`sh -c 'echo '\\''hi'\\'''`);
  });

  it('shows the exact bytes where they are not UTF-8', () => {
    const record = exec({ args: ['ls', '\ufffd'], args_base64: ['bHM=', '/w=='] });
    expect(commandLine(record, plain)).toBe('ls \\xff');
    expect(commandLine(record, quoted)).toBe("ls $'\\xff'");
  });

  it('shows the path where there are no arguments', () => {
    expect(commandLine(exec({ args: [], exe: '/bin/a\nb' }), plain)).toBe('/bin/a\\nb');
  });
});

describe('describe', () => {
  it('reports how many failed execs were only counted', () => {
    const record = failedExec({ args: ['nope'], folded: 7 });
    expect(describeRecord(record, plain)).toBe('nope (and 7 more failed execs)');
  });

  it('reports the flags of a fork', () => {
    expect(describeRecord(fork({ comm: 'runc', flags: ['CLONE_NEWPID'] }), plain)).toBe('runc CLONE_NEWPID');
  });

  it('reports how a process ended', () => {
    expect(describeRecord(exit({ code: 3 }), plain)).toBe('ls code 3 after 12.3 ms');
    expect(describeRecord(exit({ signal: 'SIGSEGV', core: true }), plain)).toBe(
      'ls SIGSEGV, core dumped after 12.3 ms',
    );
  });

  it('reports the namespaces that were created and joined', () => {
    const { mnt, net } = containerNs;
    const record = namespace({ op: 'setns', created: { mnt }, joined: { net }, tid: 12 });
    expect(describeRecord(record, plain)).toBe(`setns created mnt:[${mnt}] joined net:[${net}] (thread 12)`);
  });

  it('reports an unshare that made nothing', () => {
    expect(describeRecord(namespace({ op: 'unshare', created: {} }), plain)).toBe('unshare changed nothing');
  });

  it('reports the cgroup, its path made safe', () => {
    expect(describeRecord(cgroup({ op: 'rmdir', path: '/a\x1b' }), plain)).toBe('rmdir unified /a\\x1b');
    expect(describeRecord(cgroup({ op: 'rename', path: '/a', new_path: '/b\x1b' }), plain)).toBe(
      'rename unified /a to /b\\x1b',
    );
    expect(describeRecord(cgroup({ op: 'rename', path: '', new_path: '/b' }), plain)).toBe('rename unified to /b');
    expect(describeRecord(cgroup({ op: 'attach', path: '/a', tid: 7 }), plain)).toBe('attach unified /a (thread 7)');
  });

  it('reports who started a container and how long that took', () => {
    const by = { pid: 10120, comm: 'runc' };
    const record = container({ op: 'started', startup_ns: 1_500_000_000, by });
    expect(describeRecord(record, plain)).toBe('started xyxy12 (runc) in 1.50 s by runc, pid 10120');
  });

  it('reports how a container stopped', () => {
    expect(describeRecord(container({ op: 'stopped', code: 0 }), plain)).toBe('stopped xyxy12 (runc) code 0');
    expect(describeRecord(container({ op: 'stopped', signal: 'SIGKILL' }), plain)).toBe(
      'stopped xyxy12 (runc) SIGKILL',
    );
  });
});
