import { readFileSync, writeFileSync } from 'node:fs';
import type { NstraceRecord } from '../src/record/schema.ts';
import { Ui } from '../src/tui/keys/ui.ts';
import { buildFrame } from '../src/tui/paint/frame.ts';
import { makeTheme } from '../src/tui/paint/theme.ts';
import { Listing } from '../src/tui/rows/listing.ts';
import type { Mode } from '../src/tui/rows/rows.ts';
import { Store } from '../src/tui/store/store.ts';
import { UserNames } from '../src/view/users.ts';

/**
 * Makes the picture in the README out of a recording, as it was after SECONDS, with the CPU percent and the memory in
 * MiB that were seen while it was recorded: node build/picture.js SESSION.ndjson docs/live.svg SECONDS CPU MEMORY [MODE [LINES]]
 */
const [, , recording = '', target = '', until = '', cpu = '0', memory = '0', mode = 'grouped', height = '28'] =
  process.argv;
const columns = 120;
const rows = Number(height);

const store = new Store();
for (const line of readFileSync(recording, 'utf8').split('\n')) {
  const record = line === '' ? undefined : (JSON.parse(line) as NstraceRecord);
  if (record !== undefined && record.type !== 'footer' && isBefore(record)) {
    store.take(record);
  }
}

function isBefore({ mono }: NstraceRecord): boolean {
  return until === '' || store.beganAt === 0 || (Number(mono) - store.beganAt) / 1e9 <= Number(until);
}

const users = new UserNames();
const ui = new Ui({ isReplay: false, users });
ui.mode = mode as Mode;
const listing = new Listing(store);
if (ui.wanted !== undefined) {
  listing.update(ui.wanted);
}
const { lines } = buildFrame({
  store,
  ui,
  listing,
  theme: makeTheme({ colors: 'dark', unicode: true }),
  columns,
  rows,
  users,
  status: {
    state: 'tracing',
    seconds: (store.now - store.beganAt) / 1e9,
    cpuPercent: Number(cpu),
    memoryBytes: Number(memory) * 1024 * 1024,
    recording: undefined,
    message: undefined,
    replay: undefined,
  },
});

const cellWidth = 8.4;
const lineHeight = 18;
const colors: Readonly<Record<string, string>> = {
  ...{ '1': '#ffffff', '2': '#8b949e', '32': '#3fb950', '33': '#d29922', '34': '#58a6ff', '36': '#39c5cf' },
  ...{ '1;31': '#ff7b72', '1;36': '#56d4dd' },
};

const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const lineOf = (line: string, index: number): string => {
  let column = 0;
  const spans = line.split('\x1b[0m').flatMap((part) =>
    part.split(/(?=\x1b\[)/).map((piece) => {
      const match = /^\x1b\[([\d;]+)m/.exec(piece);
      const text = piece.slice(match?.[0].length ?? 0);
      const x = (column * cellWidth + 12).toFixed(1);
      column += [...text].length;
      const bold = match?.[1]?.startsWith('1') ? ' font-weight="bold"' : '';
      return `<tspan x="${x}" fill="${colors[match?.[1] ?? ''] ?? '#c9d1d9'}"${bold}>${xml(text)}</tspan>`;
    }),
  );
  return `<text y="${index * lineHeight + 28}" xml:space="preserve">${spans.join('')}</text>`;
};

const width = Math.round(columns * cellWidth + 24);
const imageHeight = rows * lineHeight + 24;
writeFileSync(
  target,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${imageHeight}" width="${width}" height="${imageHeight}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14">
<title>nstrace live</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${lines.map(lineOf).join('\n')}
</svg>
`,
);
