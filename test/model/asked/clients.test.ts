import { beforeEach, describe, expect, it } from 'vitest';
import { Clients } from '../../../src/model/asked/clients.ts';
import { running } from '../../../src/model/new-process.ts';
import type { Process } from '../../../src/model/process.ts';
import { host } from '../../fixtures/lines.ts';
import { processAs } from '../../fixtures/model.ts';

const second = 1e9;
const lines = {
  exec: 'docker exec web sh',
  start: 'docker start web',
  run: 'docker run --name web bb',
};

let pids = 100;
const processOf = (line: string, parent?: Process): Process => {
  pids += 1;
  const process = running(processAs(pids, 1, line.split(' '), { exe: `/usr/bin/${line.split(' ')[0]}` }), host);
  process.parent = parent;
  return process;
};

describe('clients of daemons', () => {
  let clients: Clients;
  beforeEach(() => {
    clients = new Clients();
  });
  const executed = (line: string, at: number, parent?: Process): Process => {
    const process = processOf(line, parent);
    clients.executed(process, at, false);
    return process;
  };
  const waiting = (at: number): Process[] => clients.candidates(at, () => 'yes').map(({ client }) => client.process);

  it('are kept as they were when they asked', () => {
    const process = executed(lines.exec, second);
    clients.executed(processOf(lines.start), second, true);
    process.args = ['sh'];
    const [first, last] = clients.candidates(2 * second, () => 'maybe');
    expect(first).toMatchObject({
      match: 'maybe',
      client: {
        ...{ process, args: lines.exec.split(' '), comm: 'docker', program: ['sh'], at: second },
        ...{ before: false, killed: false, doubtful: false, endedAt: Number.POSITIVE_INFINITY },
      },
    });
    expect(last?.client).toMatchObject({ before: true, program: [] });
  });

  it('have no program that is known where their arguments were cut', () => {
    const process = processOf(lines.exec);
    process.argsCut = true;
    clients.executed(process, second, false);
    expect(clients.candidates(2 * second, () => 'yes')[0]?.client.program).toBeUndefined();
  });

  it('that cannot have asked are no candidates', () => {
    executed(lines.exec, second);
    expect(clients.candidates(2 * second, () => 'no')).toEqual([]);
  });

  it('are processes that run a client, not others', () => {
    const process = executed(lines.exec, second);
    clients.ended(executed('ls -l', second), second, { code: 0 });
    expect(waiting(2 * second)).toEqual([process]);
  });

  it.each<[action: keyof typeof lines, seconds: number]>([
    ['exec', 30],
    ['start', 30],
    ['run', 600],
  ])('ask with %s for what comes later, within %d s', (action, seconds) => {
    const process = executed(lines[action], 5 * second);
    expect(waiting(5 * second)).toEqual([]);
    expect(waiting(5 * second + 1)).toEqual([process]);
    expect(waiting((5 + seconds) * second)).toEqual([process]);
    expect(waiting((5 + seconds) * second + 1)).toEqual([]);
  });

  it.each([{ code: 0 }, { code: 1 }, { code: 127 }])('that end by themselves have their answer: %j', (end) => {
    const process = executed(lines.exec, second);
    clients.ended(process, 3 * second, end);
    expect(waiting(3 * second - 1)).toEqual([process]);
    expect(waiting(3 * second)).toEqual([]);
  });

  it.each([{ signal: 'SIGKILL' }, {}, { code: 128 }, { code: 137 }, { code: 0, signal: 'SIGKILL' }])(
    'that were killed may get it for two seconds: %j',
    (end) => {
      const process = executed(lines.exec, second);
      clients.ended(process, 3 * second, end);
      expect(waiting(5 * second)).toEqual([process]);
      expect(waiting(5 * second + 1)).toEqual([]);
    },
  );

  it('end once', () => {
    const process = executed(lines.exec, second);
    clients.ended(process, 3 * second, { code: 0 });
    clients.ended(process, 9 * second, { code: 137 });
    expect(waiting(4 * second)).toEqual([]);
  });

  it('have their answer when they run something else', () => {
    const process = executed(lines.exec, second);
    process.exe = '/usr/bin/ls';
    clients.executed(process, 3 * second, false);
    expect(waiting(2 * second)).toEqual([process]);
    expect(waiting(3 * second)).toEqual([]);
  });

  it('that call another client ask once', () => {
    const process = executed(lines.exec, second);
    const below = processOf('sh -c x', processOf('sh', processOf('sh', process)));
    executed(lines.exec, 2 * second, below);
    expect(waiting(3 * second)).toEqual([process]);
    process.ended = true;
    const other = executed(lines.exec, 2 * second, below);
    expect(waiting(3 * second)).toEqual([process, other]);
  });

  it('are looked for four processes up', () => {
    const process = executed(lines.exec, second);
    const below = executed(
      lines.exec,
      2 * second,
      processOf('4', processOf('3', processOf('2', processOf('1', process)))),
    );
    expect(waiting(3 * second)).toEqual([process, below]);
  });

  it('that call another by exec ask for what that does', () => {
    const process = executed(lines.exec, second);
    process.args = lines.start.split(' ');
    clients.executed(process, 2 * second, false);
    expect(clients.candidates(3 * second, () => 'yes').map(({ client }) => client.command.action)).toEqual(['start']);
  });

  describe('are forgotten', () => {
    // What is forgotten is seen by asking of a moment at which the client still waited.
    it('ten seconds after they ended', () => {
      const process = executed(lines.exec, second);
      clients.ended(process, 3 * second, { code: 0 });
      executed(lines.exec, 13 * second);
      expect(waiting(2 * second)).toEqual([process]);
      executed(lines.exec, 13 * second + 1);
      expect(waiting(2 * second)).toEqual([]);
      expect(clients.forgottenAt).toBe(Number.NEGATIVE_INFINITY);
    });

    it('ten seconds after the last could be theirs', () => {
      const process = executed(lines.run, second);
      executed(lines.exec, 611 * second);
      expect(waiting(2 * second)).toEqual([process]);
      executed(lines.exec, 611 * second + 1);
      expect(waiting(2 * second)).toEqual([]);
    });

    it('when there are 512 and one more comes, which is said', () => {
      const [first, next] = Array.from({ length: 512 }, () => executed(lines.exec, second));
      expect([waiting(2 * second)[0], clients.forgottenAt]).toEqual([first, Number.NEGATIVE_INFINITY]);
      executed(lines.exec, 4 * second);
      expect([waiting(2 * second)[0], clients.forgottenAt]).toEqual([next, 4 * second]);
    });
  });
});
