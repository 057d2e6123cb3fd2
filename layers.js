// The floors of the house, the lowest first. A folder of src imports from its own floor's row and from rows before it only,
// never from a later row, and no files import each other in a circle. `npm run layers` checks it (dependency-cruiser).
export const layers = [
  // Words that everyone uses: text with its bytes, namespaces, time. Errors, optional libraries and the version.
  ['kernel', 'errors.ts', 'library.ts', 'version.ts'],
  // The types of records: nstrace/1.
  ['record'],
  // What /proc says, and what the probes emit.
  ['procfs'],
  ['probe'],
  // Names of containers from each runtime's cgroups, commands and state files.
  ['runtimes'],
  // Processes, namespaces, cgroups and containers out of events: pure.
  ['model'],
  // Recordings on disk; selectors and the filter language.
  ['recording', 'filter'],
  // Where records come from (a live trace, this moment) and what is made of them.
  ['session', 'now', 'timeline', 'replay'],
  // Lines, columns and text.
  ['view'],
  // What is said on standard error and what ends a command: signals, a reader that went away.
  ['console'],
  // What commands read; what they write; one live trace.
  ['input'],
  ['output'],
  ['tracing'],
  // What people look at or take away.
  ['tui', 'report', 'export', 'query', 'diff', 'fleet', 'completion', 'doctor'],
  // One small file a command: parses, wires, runs. What several of them parse is in cli/options.
  ['cli'],
];

const inFloor = (floor) => `^src/(${floor.map((name) => name.replace('.', '[.]')).join('|')})(/|$)`;

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'circle', severity: 'error', from: {}, to: { circular: true } },
    ...layers.slice(0, -1).map((floor, index) => ({
      name: `upward-from-${floor[0]}`,
      severity: 'error',
      from: { path: inFloor(floor) },
      to: { path: inFloor(layers.slice(index + 1).flat()) },
    })),
    {
      name: 'unknown-folder',
      comment: 'a new folder of src needs its place in layers.js',
      severity: 'error',
      from: { path: '^src/', pathNot: inFloor(layers.flat()) },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    includeOnly: '^src/',
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.json'] },
  },
};
