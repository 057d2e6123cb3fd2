import { afterAll, beforeAll, describe, expect } from 'vitest';
import { bpftraceOf, smallBuffers } from '../support/bpftrace.ts';
import { makeFolder, removeFolder } from '../support/folder.ts';
import { run } from '../support/run.ts';
import { Terminal } from '../support/terminal.ts';
import { tool, traced } from '../support/trace.ts';

let folder = '';
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => removeFolder(folder));

/** More than the buffers of a bpftrace that does not read them hold, however slow the machine is. */
const spawned = 600;

describe('the view under more than bpftrace can take', () => {
  traced('says at once how much is lost, where in time it is missing, and goes on', async () => {
    const terminal = new Terminal(['live', '--bpftrace', await smallBuffers(folder)], { columns: 120, rows: 40 });
    try {
      await terminal.until(/● tracing {2}lost \d+ /);
      const bpftrace = bpftraceOf(terminal.pty.pid);
      process.kill(bpftrace, 'SIGSTOP');
      try {
        await run(tool('spawn'), String(spawned), tool('noop'), 'during');
      } finally {
        process.kill(bpftrace, 'SIGCONT');
      }
      const printed = await terminal.until(/ lost [1-9]\d* /);
      expect(printed).toMatch(/\d+ events lost .*between .* and .* \(kernel/);
      // A key gives the line back to the modes; the number stays.
      await expect
        .poll(() => {
          terminal.press('j');
          return terminal.text;
        })
        .toMatch(/\[containers\]/);
      expect(terminal.text).toMatch(/ lost [1-9]\d* /);
      // Losses are shown whatever is filtered, in their place in time.
      terminal.press('\t', '\t', '/');
      terminal.press(...'l:"^none of these$"');
      await terminal.pressUntil('\r', /✗ \d+ events LOST \(kernel\)/);
      await terminal.pressUntil('\x1b', (text) => !text.includes('filter:'));
      terminal.press('/');
      terminal.press(...'afterwards');
      terminal.press('\r');
      // Until one is here the buffers can be full.
      await expect
        .poll(async () => {
          await run(tool('noop'), 'afterwards');
          return terminal.text;
        })
        .toMatch(/noop afterwards/);
      terminal.press('q');
      expect((await terminal.exited).exitCode).toBe(0);
      expect(terminal.text).toMatch(/[1-9]\d* events lost/);
    } finally {
      await terminal.close();
    }
  });
});
