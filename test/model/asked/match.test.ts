import { describe, expect, it } from 'vitest';
import { type Match, matchExec, matchStart } from '../../../src/model/asked/match.ts';
import { Container, type Identity } from '../../../src/model/container.ts';
import { type ClientCommand, labelNames } from '../../../src/runtimes/client/client.ts';

const hex = 'abc1'.repeat(16);
const otherHex = 'f00d'.repeat(16);
const contained = (changes: Partial<Identity> = {}): Container =>
  new Container({ id: hex, name: 'web', runtime: 'docker', image: 'bb', ...changes }, 1);
const nameless: Partial<Identity> = { name: hex };

const none = (): Container[] => [];
const sleep = { exe: '/bin/sleep', args: ['sleep', '1'] };

describe('a client that asks for a new container', () => {
  const run = (changes: Partial<ClientCommand>, container: Container, program = ['sleep', '1'], ran = sleep): Match =>
    matchStart({ command: { action: 'run', runtimes: ['docker'], ...changes }, program }, container, none, ran);

  it.each<[written: string, image: string, match: Match]>([
    ['bb', 'bb', 'yes'],
    ['bb', 'docker.io/library/bb:latest', 'yes'],
    ['docker.io/library/bb', 'bb:latest', 'yes'],
    ['me/bb', 'docker.io/me/bb:latest', 'yes'],
    ['me/bb', 'docker.io/library/me/bb:latest', 'no'],
    ['localhost/bb', 'localhost/bb:latest', 'yes'],
    ['localhost/bb', 'docker.io/localhost/bb:latest', 'no'],
    ['box:5000/bb', 'box:5000/bb:latest', 'yes'],
    ['box:5000/bb:1', 'box:5000/bb:latest', 'no'],
    ['ghcr.io/bb', 'ghcr.io/bb:latest', 'yes'],
    ['bb:1', 'bb', 'no'],
    ['bb@sha256:1', 'docker.io/library/bb@sha256:1', 'yes'],
    ['bb@sha256:1', 'bb@sha256:2', 'no'],
    ['/bb', 'bb', 'no'],
  ])('names the image %s, of a container of %s: %s', (written, image, match) => {
    expect(run({ image: written }, contained({ name: 'brave_bell', image }))).toBe(match);
  });

  it.each<[name: string, match: Match]>([
    ['brave_bell', 'yes'],
    ['brave_bell7', 'yes'],
    ['alpine-1a2b3', 'yes'],
    ['web', 'no'],
    ['the-brave_bell', 'no'],
    ['brave_bell-x', 'no'],
    ['brave_bellX', 'no'],
    ['alpine-1a2b3c', 'no'],
    ['alpine-x1a2b3', 'no'],
    ['alpine-a', 'no'],
    ['alpine-vwxyz', 'no'],
  ])('gives it no name, where it is called %s: %s, as engines call one without a name', (name, match) => {
    expect(run({ image: 'bb' }, contained({ name }))).toBe(match);
  });

  it.each<[what: string, written: string | undefined, container: Container, match: Match]>([
    ['its name', 'web', contained(), 'yes'],
    ['another name', 'web', contained({ name: 'db' }), 'no'],
    ['a name, and none is known', 'web', contained(nameless), 'maybe'],
    ['its id, which is all that is known', hex, contained(nameless), 'yes'],
    ['no name, and none is known', undefined, contained(nameless), 'maybe'],
  ])('gives it %s', (_what, name, container, match) => {
    expect(run({ image: 'bb', ...(name === undefined ? {} : { name }) }, container)).toBe(match);
  });

  it.each<[what: string, changes: Partial<ClientCommand>, container: Container, match: Match]>([
    ['of another runtime', { image: 'bb', name: 'web' }, contained({ runtime: 'podman' }), 'no'],
    ['in another root', { image: 'bb', name: 'web' }, contained({ root: 'moby' }), 'no'],
    ['in the same root', { image: 'bb', name: 'web', root: 'moby' }, contained({ root: 'moby' }), 'yes'],
    [
      'in its root, but of another runtime',
      { image: 'bb', root: 'x' },
      contained({ runtime: 'nerdctl', root: 'x' }),
      'no',
    ],
    ['whose image is not known', { image: 'bb', name: 'web' }, contained({ image: undefined as never }), 'yes'],
    [
      'whose image is not known, without a name',
      { image: 'bb' },
      contained({ name: 'brave_bell', image: undefined as never }),
      'maybe',
    ],
    ['by an option that is not known', { image: 'bb', name: 'web', vague: true }, contained(), 'maybe'],
    ['of another image, by an option that is not known', { image: 'cc', vague: true }, contained(), 'maybe'],
    ['of no image', { name: 'web' }, contained(), 'maybe'],
  ])('is about one %s', (_what, changes, container, match) => {
    expect(run(changes, container)).toBe(match);
  });

  it('names its program, or does not, or nobody knows', () => {
    const container = contained({ name: 'brave_bell' });
    const wish = (program: string[] | undefined, ran: typeof sleep | undefined): Match =>
      matchStart({ command: { action: 'run', runtimes: ['docker'], image: 'bb' }, program }, container, none, ran);
    expect(wish(['sleep', '1'], sleep)).toBe('yes');
    expect(wish(['sleep', '2'], sleep)).toBe('no');
    expect(wish(['1'], sleep)).toBe('yes');
    expect(wish(undefined, sleep)).toBe('maybe');
    expect(wish(['sleep', '2'], undefined)).toBe('maybe');
  });

  it('with exec asks for none', () => {
    const command = { action: 'exec', runtimes: ['docker'], containers: ['web'] } as const;
    expect(matchStart({ command, program: [] }, contained(), none, sleep)).toBe('no');
  });
});

describe('a client that names a container', () => {
  const start = (changes: Partial<ClientCommand>, container: Container, live: Container[] = []): Match =>
    matchStart(
      { command: { action: 'start', runtimes: ['docker'], ...changes }, program: [] },
      container,
      () => live,
      undefined,
    );

  it.each<[written: string[], container: Container, match: Match]>([
    [['web'], contained(), 'yes'],
    [['/web'], contained(), 'yes'],
    [['w/eb'], contained(), 'no'],
    [[hex], contained(), 'yes'],
    [['abc'], contained(), 'yes'],
    [['bc1'], contained(), 'no'],
    [['db'], contained(), 'no'],
    [['db', 'web'], contained(), 'yes'],
    [['web', 'db'], contained(), 'yes'],
    [['db'], contained(nameless), 'maybe'],
    [['db', 'abc'], contained(nameless), 'yes'],
    [['db', 'cache'], contained(nameless), 'maybe'],
    [['db'], contained({ id: 'web', name: 'web' }), 'no'],
    [['we'], contained({ id: 'web', name: 'x' }), 'no'],
    [['web'], contained({ id: 'web', name: 'x' }), 'yes'],
    [['web'], contained({ runtime: 'podman' }), 'no'],
    [['web'], contained({ root: 'moby' }), 'no'],
    [[], contained(), 'no'],
  ])('as %j', (containers, container, match) => {
    expect(start({ containers }, container)).toBe(match);
  });

  it('means maybe another one that lives and is called so', () => {
    const container = contained();
    const namesake = contained({ id: otherHex });
    expect(start({ containers: ['web'] }, container, [container, namesake])).toBe('maybe');
    expect(start({ containers: ['web'] }, container, [container, contained({ id: otherHex, name: 'db' })])).toBe('yes');
    expect(start({ containers: ['web'] }, container, [contained({ id: otherHex, runtime: 'podman' })])).toBe('yes');
    expect(start({ containers: ['web'] }, container, [contained({ ...nameless, id: otherHex, name: otherHex })])).toBe(
      'yes',
    );
    namesake.stopped = true;
    expect(start({ containers: ['web'] }, container, [container, namesake])).toBe('yes');
  });
});

describe('a client that names a container by labels', () => {
  const service = { [labelNames.service]: 'web' };
  const exec = (
    changes: Partial<ClientCommand>,
    container: Container,
    live: Container[] = [],
    program = ['sleep', '1'],
  ) =>
    matchExec({ command: { action: 'exec', runtimes: ['docker'], ...changes }, program }, container, () => live, sleep);

  it.each<[what: string, changes: Partial<ClientCommand>, container: Container, match: Match]>([
    ['that it has', { labels: service }, contained({ labels: service }), 'yes'],
    [
      'of which it lacks one',
      { labels: { ...service, [labelNames.number]: '2' } },
      contained({ labels: service }),
      'no',
    ],
    ['that have another value', { labels: service }, contained({ labels: { [labelNames.service]: 'db' } }), 'no'],
    ['when it has none', { labels: service }, contained(), 'no'],
    ['when nothing is known of it', { labels: service }, contained(nameless), 'maybe'],
    ['when its labels are known, but not its name', { labels: service }, contained({ ...nameless, labels: {} }), 'no'],
    ['of any value', { labels: { [labelNames.service]: 'x' }, vague: true }, contained({ labels: service }), 'maybe'],
    ['of any value, which it lacks', { labels: service, vague: true }, contained({ labels: {} }), 'no'],
    ['not at all', {}, contained(), 'maybe'],
  ])('%s', (_what, changes, container, match) => {
    expect(exec(changes, container)).toBe(match);
  });

  it('of a pod is about any container that is in a pod', () => {
    const labels = { [labelNames.pod]: 'web-0' };
    const pods = { runtimes: 'pods', labels } as const;
    expect(exec(pods, contained({ runtime: 'cri', labels }))).toBe('yes');
    expect(exec(pods, contained({ runtime: 'cri', labels: { x: 'y' } }))).toBe('no');
    expect(exec(pods, contained({ runtime: 'cri', name: hex, pod: { id: 'uid' } }))).toBe('maybe');
    expect(exec(pods, contained({ runtime: 'cri', name: hex }))).toBe('no');
  });

  it('of a pod means the pod, of whose containers all have them', () => {
    const labels = { [labelNames.pod]: 'web-0' };
    const command = { runtimes: 'pods', labels } as const;
    const inPod = (id: string, pod?: string): Container =>
      contained({ id, runtime: 'cri', labels, ...(pod === undefined ? {} : { pod: { id: pod } }) });
    const container = inPod(hex, 'one');
    expect(exec(command, container, [container, inPod(otherHex, 'one')])).toBe('yes');
    expect(exec(command, container, [container, inPod(otherHex, 'two')])).toBe('maybe');
    expect(exec(command, container, [container, inPod(otherHex)])).toBe('maybe');
    expect(exec(command, inPod(hex), [inPod(otherHex)])).toBe('maybe');
    expect(exec(command, inPod(hex), [inPod(otherHex, 'two')])).toBe('maybe');
  });

  it('of two containers of a pod by its name means maybe the other', () => {
    const pod = { id: 'one' };
    const container = contained({ runtime: 'cri', pod });
    const command = { runtimes: 'pods', containers: ['web'] } as const;
    expect(exec(command, container, [contained({ id: otherHex, runtime: 'cri', pod })])).toBe('maybe');
  });

  it('asks for just that program', () => {
    const named = { containers: ['web'] };
    expect(exec(named, contained())).toBe('yes');
    expect(exec(named, contained(), [], ['sleep', '2'])).toBe('no');
    expect(exec({ ...named, vague: true }, contained(), [], ['--unknown', 'sleep', '1'])).toBe('yes');
    const asks = { command: { action: 'exec', runtimes: ['docker'], ...named }, program: undefined } as const;
    expect(matchExec(asks, contained(), none, sleep)).toBe('maybe');
    expect(matchExec({ ...asks, command: { ...asks.command, containers: ['db'] } }, contained(), none, sleep)).toBe(
      'no',
    );
  });

  it('with run or start asks for none', () => {
    for (const action of ['run', 'start'] as const) {
      const command = { action, runtimes: ['docker'], containers: ['web'] };
      expect(matchExec({ command, program: ['sleep', '1'] }, contained(), none, sleep)).toBe('no');
    }
  });
});
