// In the guest: records the scenario, or asks doctor where things are missing, and prints `CHECK name ok` or `CHECK name FAILED why`.
const { spawnSync } = require('node:child_process');
const { readFileSync, readdirSync } = require('node:fs');

const nstrace = (...args) => spawnSync('node', ['/nstrace/bin/nstrace', ...args], { encoding: 'utf8' });
const check = (name, holds, why = '') =>
  console.log(`CHECK ${name} ${holds ? 'ok' : `FAILED ${String(why).replaceAll('\n', ' ').slice(0, 300)}`}`);
const note = (name, what) => console.log(`CHECK ${name} = ${what}`);

const versions = () => {
  note('kernel', spawnSync('busybox', ['uname', '-r'], { encoding: 'utf8' }).stdout.trim());
  note('machine', spawnSync('busybox', ['uname', '-m'], { encoding: 'utf8' }).stdout.trim());
  note('bpftrace', /v[\d.]+/.exec(spawnSync('bpftrace', ['--version'], { encoding: 'utf8' }).stdout)?.[0] ?? '?');
};

const scenario = () => {
  versions();
  const begun = performance.now();
  const { status, stderr } = nstrace('record', '-x', '-o', '/tmp/vm.ndjson', '--as', 'root', '--', '/scenario.sh');
  console.log(stderr);
  if (status === 3) {
    // Too old, or something is missing: then it must say so, with what to do.
    check('refused', /too old|no BTF/.test(stderr), stderr);
    note('said', stderr.split('\n')[0].replace('nstrace: ', ''));
    console.log(nstrace('doctor').stdout);
    return;
  }
  const records = readFileSync('/tmp/vm.ndjson', 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const of = (type) => records.filter((record) => record.type === type);
  const execs = of('exec');
  const ran = (mark) => execs.filter(({ args }) => args[1] === mark);
  const footer = records.at(-1);
  const inside = (name) =>
    of('container')
      .filter(({ container }) => container.name === name)
      .map(({ op }) => op);
  note('seconds', Math.round((performance.now() - begun) / 1000));

  check('complete', footer.type === 'footer' && footer.complete === true && footer.lost === 0, JSON.stringify(footer));
  check(
    'begin',
    records.every(({ mono }) => BigInt(mono) >= BigInt(records[0].mono)),
    'older than the header',
  );
  const ops = inside('vm1');
  check(
    'runc',
    ['created', 'started', 'joined', 'stopped'].every((op) => ops.includes(op)),
    ops.join(' '),
  );
  check(
    'code',
    of('container').some(({ op, container, code }) => op === 'stopped' && container.name === 'vm1' && code === 5),
  );
  check(
    'exec',
    execs.some(
      ({ args, origin, container }) => args[1] === 'joined' && origin === 'joined' && container?.name === 'vm1',
    ),
  );
  check(
    'nspid',
    execs.some(({ args, nspid }) => args[1] === 'deepest' && nspid.length === 2 && nspid[1] === 1),
  );
  check(
    'setns',
    ran('entered').some(({ container, ns }) => container !== null && ns.mnt !== records[0].host_ns.mnt),
  );
  const [hostile] = ran('hostile');
  check(
    'argv',
    hostile?.args[2] === '\u001b[31m\nred' && hostile.args[3] === '' && hostile.args_base64?.[4] === '/w==',
    JSON.stringify(hostile?.args),
  );
  check(
    'long',
    ran('long').some(({ args, args_truncated: cut }) => args[2].length === 6000 && !cut),
  );
  check(
    'thread',
    execs.some(({ comm, old_tid: tid }) => comm === 'noop' && tid !== undefined),
  );
  check(
    'descriptor',
    execs.some(({ exe }) => exe.startsWith('/dev/fd/')),
  );
  check(
    'failed',
    execs.some(({ exe, errno }) => exe === '/no/such/program' && errno === 'ENOENT'),
  );
  check(
    'cgroup',
    of('cgroup').some(({ op, path }) => op === 'mkdir' && path === '/made') &&
      of('cgroup').some(({ op, path }) => op === 'attach' && path === '/made'),
  );
  check('burst', ran('burst').length === 300, ran('burst').length);
  check(
    'exits',
    ran('burst').every(({ pid }) => of('exit').some((exit) => exit.pid === pid)),
  );
  const [clock] = ran('clock');
  check(
    'clock',
    clock?.time.startsWith('2030-01-01') &&
      records.every(
        ({ mono, type }, at) =>
          at === 0 || type === 'container' || BigInt(mono) + 5_000_000_000n > BigInt(records[at - 1].mono),
      ),
    clock?.time,
  );
  const again = nstrace('replay', '/tmp/vm.ndjson', '--strict', '--no-header');
  check('replay', again.status === 0 && again.stdout.includes('vm1'), again.stderr);
  const timeline = nstrace('timeline', '/tmp/vm.ndjson', '-c', 'vm1');
  check('timeline', /STARTS/.test(timeline.stdout) && /code 5/.test(timeline.stdout), timeline.stdout);
};

/** What doctor says where something is missing: each is made so by a mount on top of it. */
const doctor = () => {
  versions();
  const asked = (name, said) => {
    const { status, stdout, stderr } = nstrace('doctor');
    check(name, status === 3 && said.test(stdout + stderr), stdout + stderr);
    note(
      `${name}-said`,
      (stdout + stderr)
        .split('\n')
        .find((line) => said.test(line))
        ?.trim(),
    );
  };
  const shell = (command) => spawnSync('sh', ['-c', command]);
  asked('lockdown', /lockdown/i);
  shell('mount -t tmpfs none /sys/kernel/btf');
  asked('no-btf', /BTF/);
  shell('umount /sys/kernel/btf; umount -l /sys/kernel/tracing; mount -t tmpfs -o ro none /sys/kernel/tracing');
  note('tracing', readdirSync('/sys/kernel/tracing').length);
  asked('no-tracefs', /tracefs/);
};

(process.argv[2] === 'doctor' ? doctor : scenario)();
