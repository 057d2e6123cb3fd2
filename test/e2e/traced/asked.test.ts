import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import type { NstraceRecord, RecordOf } from '../../../src/record/schema.ts';
import * as engines from '../support/engine.ts';
import { imageName } from '../support/image.ts';
import { runInPty } from '../support/pty.ts';
import { wake } from '../support/run.ts';
import { makeBundle } from '../support/runc.ts';
import { type Trace, type Tracing, trace, traced } from '../support/trace.ts';

/** A login user of the test's own: nobody else has this number. */
const auid = 54_321;
const nameFor = (kind: string): string => `nstrace-asked-${kind}-${process.pid}`;

const started = ({ of }: Trace, name: string) =>
  of('container').find(({ op, container }) => op === 'started' && container.name === name)!;

/** Who was found to have brought in the programs with these last arguments, in this order. */
const askers = ({ of }: Trace, argument: string) =>
  of('container')
    .filter(({ op, pid }) => op === 'joined' && lastArgument(of('exec'), pid) === argument)
    .map(({ asked_by }) => asked_by);

const lastArgument = (execs: readonly (NstraceRecord & { type: 'exec' })[], pid: number | undefined) =>
  execs.findLast((record) => record.pid === pid && record.container !== null)?.args.at(-1);

const isStarted =
  (name: string) =>
  (record: NstraceRecord): boolean =>
    record.type === 'container' && record.op === 'started' && record.container.name === name;

describe('who asked, from a terminal, is found', () => {
  traced('behind dockerd: docker run, exec, start', async () => {
    const engine = await engines.docker();
    const [name, unnamed] = [nameFor('docker'), nameFor('unnamed')];
    const docker = engine.client!;
    const ptys: Record<string, string> = {};
    const ask = async (key: string, ...words: string[]): Promise<void> => {
      ptys[key] = (await runInPty([...docker, ...words], auid)).tty;
    };
    try {
      const found = await trace([], async ({ until, records }: Tracing) => {
        await ask('run', 'run', '-d', '--network', 'none', '--name', name, imageName, 'sleep', '6301');
        await until(isStarted(name));
        await ask('exec', 'exec', '-e', 'A=b', name, 'sh', '-c', 'exit 3; one');
        await ask('terminal', 'container', 'exec', '-it', name, 'sh', '-c', 'exit 3; two');
        await ask('detached', 'exec', '-d', name, 'sh', '-c', 'exit 3; three');
        await until(
          (record) => record.type === 'exec' && record.container !== null && record.args.at(-1) === 'exit 3; three',
        );
        // Without a terminal and a login it is not said who it was.
        await engine.enter(name, 'exit 3; four', 0);
        // Two who ask for the same at once: both have asked before either is answered, and both wait when the other comes in.
        const twice = 'sleep 6306; exit 3; five';
        const count = (found: (record: RecordOf<'exec'>) => boolean): number =>
          records.filter((record) => record.type === 'exec' && found(record)).length;
        process.kill(engine.daemon!, 'SIGSTOP');
        const asking = [1, 2].map(() => ask('twice', 'exec', name, 'sh', '-c', twice));
        await until(() => count(({ args }) => args[0] === docker[0] && args.at(-1) === twice) === 2);
        process.kill(engine.daemon!, 'SIGCONT');
        await until(() => count(({ args }) => args.join(' ') === 'sleep 6306') === 2);
        await wake(6306);
        await Promise.all(asking);
        await ask('unnamed', 'run', '--rm', '--network', 'none', imageName, 'echo', unnamed);
        await execa(docker[0]!, [...docker.slice(1), 'kill', name]);
        await ask('start', 'start', name);
        await until(
          (record) => isStarted(name)(record) && record.type === 'container' && record.asked_by?.args?.[3] === 'start',
        );
      });
      const run = started(found, name);
      const created = found.of('container').find(({ op, container }) => op === 'created' && container.name === name);
      const who = { uid: 0, user: 'root', auid, comm: 'docker' };
      expect(run.asked_by).toMatchObject({
        ...who,
        tty: ptys.run,
        args: [...docker, 'run', '-d', ...run.asked_by!.args!.slice(5)],
      });
      expect(created?.asked_by?.pid).toBe(run.asked_by?.pid);
      expect(run.by?.comm).toBe('runc');
      expect(run.startup?.client_ns).toBeGreaterThan(0);
      // From the client's exec on: what is before the runtime's is no part of startup_ns.
      const client = found.of('exec').find(({ pid, args }) => pid === run.asked_by?.pid && args[0] === 'docker')!;
      const runtime = found.of('exec').find(({ pid }) => pid === run.by?.pid)!;
      expect(run.startup?.client_ns).toBe(Number(BigInt(runtime.mono) - BigInt(client.mono)));
      expect(askers(found, 'exit 3; one')).toMatchObject([{ ...who, tty: ptys.exec }]);
      expect(askers(found, 'exit 3; two')).toMatchObject([{ ...who, tty: ptys.terminal }]);
      expect(askers(found, 'exit 3; three')).toMatchObject([{ ...who, tty: ptys.detached }]);
      expect(askers(found, 'exit 3; four')).toEqual([undefined]);
      expect(askers(found, 'sleep 6306; exit 3; five')).toEqual([undefined, undefined]);
      const echo = found.of('exec').find(({ args, container }) => container !== null && args.at(-1) === unnamed)!;
      const short = found.of('container').find(({ op, pid }) => op === 'started' && pid === echo.pid)!;
      expect(short.asked_by).toMatchObject({ ...who, tty: ptys.unnamed });
      const again = found.of('container').filter(isStarted(name)).at(-1)!;
      expect(again.asked_by).toMatchObject({ ...who, tty: ptys.start, args: [...docker, 'start', name] });
    } finally {
      await engine.remove(name);
      await engine.close();
    }
  });

  traced('behind containerd: ctr run, task exec', async () => {
    const engine = await engines.containerd();
    const name = nameFor('ctr');
    const ctr = engine.client!;
    try {
      let [runTty, execTty] = ['', ''];
      const found = await trace([], async ({ until }) => {
        const run = [...ctr, 'run', '-d', '--snapshotter', 'native', imageName, name, 'sleep', '6302'];
        runTty = (await runInPty(run, auid)).tty;
        await until(isStarted(name));
        const enter = [...ctr, 'task', 'exec', '--exec-id', 'e1', name, 'sh', '-c', 'exit 3; ctr'];
        execTty = (await runInPty(enter, auid)).tty;
      });
      expect(started(found, name).asked_by).toMatchObject({ comm: 'ctr', tty: runTty, auid });
      expect(started(found, name).startup?.client_ns).toBeGreaterThan(0);
      expect(askers(found, 'exit 3; ctr')).toMatchObject([{ comm: 'ctr', tty: execTty, auid }]);
    } finally {
      await engine.remove(name);
      await engine.close();
    }
  });

  traced('above conmon: podman run, exec', async () => {
    const engine = await engines.podman();
    const name = nameFor('podman');
    const podman = engine.client!;
    try {
      let [runTty, execTty] = ['', ''];
      const found = await trace([], async ({ until }) => {
        const options = ['-d', ...engines.limits, '--network', 'none', '--name', name];
        const ran = await runInPty([...podman, 'run', ...options, imageName, 'sleep', '6303'], auid);
        expect([ran.exitCode, ran.output]).toEqual([0, expect.stringMatching(/[0-9a-f]{64}/)]);
        runTty = ran.tty;
        await until(isStarted(name));
        execTty = (await runInPty([...podman, 'exec', name, 'sh', '-c', 'exit 3; podman'], auid)).tty;
      });
      const who = { comm: 'podman', auid, evidence: ['ancestor'] };
      expect(started(found, name).asked_by).toMatchObject({ ...who, tty: runTty });
      expect(started(found, name).startup?.client_ns).toBeGreaterThan(0);
      expect(askers(found, 'exit 3; podman')).toMatchObject([{ ...who, tty: execTty }]);
    } finally {
      await engine.remove(name);
      await engine.close();
    }
  });

  traced('with nobody between: runc run, exec', async () => {
    const bundle = await makeBundle();
    const name = nameFor('runc');
    try {
      await bundle.write(['sleep', '6304']);
      let [runTty, execTty] = ['', ''];
      const found = await trace([], async ({ until }) => {
        // Its output would be the terminal's, which would be waited for.
        const run = `runc run -d --bundle ${bundle.folder} ${name} </dev/null >${bundle.folder}/log 2>&1`;
        const ran = await runInPty(['sh', '-c', run], auid);
        expect([ran.exitCode, await readFile(`${bundle.folder}/log`, 'utf8')]).toEqual([0, '']);
        runTty = ran.tty;
        await until(isStarted(name));
        execTty = (await runInPty(['runc', 'exec', name, 'sh', '-c', 'exit 3; runc'])).tty;
      });
      const [run, [enter]] = [started(found, name), askers(found, 'exit 3; runc')] as const;
      expect(run.asked_by).toMatchObject({ pid: run.by?.pid, comm: 'runc', tty: runTty, auid, evidence: ['ancestor'] });
      expect(run.startup).not.toHaveProperty('client_ns');
      expect(enter).toMatchObject({ comm: 'runc', tty: execTty, evidence: ['ancestor'] });
      expect(enter).not.toHaveProperty('auid');
    } finally {
      await execa('runc', ['delete', '-f', name], { reject: false });
      await bundle.remove();
    }
  });
});
