import '../src/session/v8.ts';
import { measureHosts, measureShipping } from './fleet.ts';
import { compareNow } from './now.ts';
import { comparePair } from './pair.ts';
import { compareReading } from './read.ts';
import { type Measured, measured, measureRecordings } from './recordings.ts';
import { compareRest } from './rest.ts';
import { compareStart } from './start.ts';
import { makeLines, runStream } from './stream.ts';
import { measureTui } from './tui.ts';

/**
 * npm run bench [-- stream|pair|rest|start|memory|now|tui|read|recordings|report|export|query|diff|fleet|hosts]: prints what it
 * measured; docs/cost.md says what that was here. Of `tui` a second word takes one part: rate, growth,
 * frames or memory.
 */
const [which = 'all', part] = process.argv.slice(2);

if (which === 'all' || which === 'stream') {
  const lines = makeLines(150_000);
  await runStream(lines, 1);
  const { records, seconds } = await runStream(lines, 3);
  console.log(
    `stream: ${Math.round(records / seconds / 1000)},000 records a second of CPU time, from bytes to lines of a recording`,
  );
}
if (which === 'memory') {
  const lines = makeLines(150_000);
  const { records, heapMegabytes } = await runStream(lines, 34);
  const shown = heapMegabytes.filter((_, index) => index % 5 === 0).map((value) => value.toFixed(0));
  console.log(`memory: heap in MB over ${(records / 1e6).toFixed(1)} million events: ${shown.join(' ')}`);
}
if (which === 'all' || which === 'pair') {
  await comparePair();
}
if (which === 'rest') {
  await compareRest();
}
if (which === 'all' || which === 'start') {
  await compareStart();
}
if (which === 'now') {
  await compareNow();
}
if (which === 'tui') {
  for await (const line of measureTui(part)) {
    console.log(line);
  }
}
if (which === 'recordings') {
  await measureRecordings(measured);
} else if (measured.includes(which as Measured)) {
  await measureRecordings([which as Measured]);
}
if (which === 'all' || which === 'read') {
  await compareReading();
}
if (which === 'fleet') {
  await measureShipping();
}
if (which === 'hosts') {
  await measureHosts();
}
