import { describe, expect, it } from 'vitest';
import { isDaemon, readClient } from '../../../src/runtimes/client/index.ts';

const read = (line: string, exe = `/usr/bin/${line.split(' ')[0]}`, uid = 1000) =>
  readClient(exe, line.split(' '), uid);
const docker = { runtimes: ['docker'] };
const engines = { runtimes: ['containerd', 'docker', 'kubernetes'] };
const pods = { runtimes: 'pods' };

describe('readClient', () => {
  it.each([
    ['docker exec web sh', { ...docker, action: 'exec', containers: ['web'], program: 3 }],
    ['docker exec -it -uroot --env A=b --workdir=/x web sh', { containers: ['web'], program: 8 }],
    ['docker exec -ite A=b web sh -c x', { containers: ['web'], program: 5 }],
    ['docker exec -- web sh', { containers: ['web'], program: 4 }],
    ['docker --context default -l debug container exec web sh', { containers: ['web'], program: 8 }],
    [
      'docker run --rm -p 80:80 --name=web -v a:b bb sh -c x',
      { ...docker, action: 'run', name: 'web', image: 'bb', program: 9 },
    ],
    ['docker run -d bb', { action: 'run', image: 'bb' }],
    ['docker start web db', { ...docker, action: 'start', containers: ['web', 'db'] }],
    ['docker restart -t 3 web --signal KILL db', { action: 'start', containers: ['web', 'db'] }],
    [
      'docker compose -p shop exec --index 2 -T web sh',
      {
        action: 'exec',
        program: 9,
        labels: {
          'com.docker.compose.service': 'web',
          'com.docker.compose.project': 'shop',
          'com.docker.compose.container-number': '2',
        },
      },
    ],
    ['docker compose up -d', { action: 'start', vague: true }],
    ['docker exec --new web sh', { action: 'exec', vague: true }],
    ['docker run --new v bb', { action: 'run', vague: true }],
    ['docker-compose exec web sh', { action: 'exec', program: 3 }],
    [
      'kubectl exec -it web-0 -- sh -c x',
      { ...pods, action: 'exec', program: 5, labels: { 'io.kubernetes.pod.name': 'web-0' } },
    ],
    [
      'kubectl -n shop exec web-0 -cfront -- sh',
      { program: 7, labels: { 'io.kubernetes.pod.namespace': 'shop', 'io.kubernetes.container.name': 'front' } },
    ],
    ['kubectl exec web-0 sh', { ...pods, vague: true }],
    ['kubectl exec svc/web -- sh', { ...pods, vague: true }],
    ['k3s kubectl exec web-0 -- sh', { ...pods, program: 5 }],
    ['crictl -r unix:///s exec -it c0ffee sh', { ...pods, action: 'exec', containers: ['c0ffee'], program: 6 }],
    ['crictl exec --name web sh', { ...pods, vague: true }],
    [
      'ctr -n other run --rm -t img c1 sh',
      { ...engines, action: 'run', image: 'img', name: 'c1', root: 'other', program: 8 },
    ],
    ['ctr task exec --exec-id e1 c1 ls', { ...engines, action: 'exec', containers: ['c1'], program: 6 }],
    ['ctr t start c1', { ...engines, action: 'start', containers: ['c1'] }],
    ['nerdctl --namespace k8s.io exec web sh', { action: 'exec', containers: ['web'], program: 5 }],
  ])('%s', (line, expected) => {
    expect(read(line)).toMatchObject(expected);
  });

  it.each([
    'docker ps',
    'docker exec web',
    'docker logs -f web',
    'docker -H tcp://10.0.0.1:2375 exec web sh',
    'docker --unknown exec web sh',
    'kubectl get pods',
    'crictl ps',
    'ctr images ls',
    'nerdctl compose exec web sh',
    'sh -c docker',
  ])('reads nothing in %s', (line) => {
    expect(read(line)).toBeUndefined();
  });

  it('believes a program that only root can have put there, or that root runs', () => {
    expect(read('docker exec web sh', '/home/eve/docker')).toBeUndefined();
    expect(read('docker exec web sh', './docker', 0)).toBeDefined();
    expect(read('docker exec web sh', '/usr/local/bin/docker')).toBeDefined();
  });

  it('finds its arguments behind an interpreter', () => {
    const line = 'python3 /usr/bin/docker-compose exec web sh';
    expect(read(line, '/usr/bin/docker-compose')).toMatchObject({ action: 'exec', program: 4 });
  });
});

describe('isDaemon', () => {
  it.each([
    ['/usr/bin/dockerd', 'dockerd', true],
    ['/usr/bin/containerd-shim-runc-v2', 'containerd-shim-runc-v2 -id x', true],
    ['/usr/bin/podman', 'podman --log-level info system service', true],
    ['/usr/bin/podman', 'podman run x', false],
    ['/usr/local/bin/k3s', 'k3s server', true],
    ['/usr/local/bin/k3s', 'k3s kubectl', false],
    ['/usr/bin/docker', 'docker run x', false],
  ])('%s', (exe, line, expected) => {
    expect(isDaemon(exe, line.split(' '))).toBe(expected);
  });
});
