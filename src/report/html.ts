import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { moment } from '../view/clock.ts';
import { escapeText } from '../view/escape.ts';
import type { ReportData } from './data.ts';

/** The page's script and style, as they are built. */
export interface PageParts {
  readonly script: string;
  readonly style: string;
}

/**
 * One HTML file that needs no network and lets nothing else in: its policy names the only script and the only style by their
 * hashes. Data are base64 of gzip, so that no text of a traced process stands in the page as it is.
 */
export const reportHtml = async (data: ReportData, { script, style }: PageParts): Promise<string> => {
  const packed = await promisify(gzip)(JSON.stringify(data), { level: constants.Z_DEFAULT_COMPRESSION });
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const { host, started } = data.header;
  const hosts = [...new Set(data.sources.map((source) => source.host))];
  const where = hosts.length > 3 ? `${hosts.length} hosts` : hosts.join(', ');
  const title = `${html(where)}, ${html(beginning(started))}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>nstrace: ${title}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#timeline">Skip to the timeline</a>
<header>
<h1>nstrace<span>${title}</span></h1>
<nav aria-label="Parts of the report"><a href="#answers">Summary</a><a href="#timeline">Timeline</a><a href="#events">Events</a></nav>
<button id="theme" type="button" aria-label="Colours: automatic, light or dark">Auto</button>
</header>
<main>
<section id="answers" aria-label="Summary"><p class="loading">Reading the recording …</p></section>
<div class="find" role="search">
<input id="query" type="search" placeholder="Search and filter: nginx, c:web exit:!0, n:^curl$, joined" aria-label="Filter for the timeline and the events" aria-describedby="problem hits" autocomplete="off" spellcheck="false" maxlength="2000">
<span id="hits" class="note" role="status"></span>
<span id="problem" role="alert"></span>
</div>
<div class="work">
<div class="stack">
<section class="panel" id="timeline" aria-label="Timeline">
<div class="bar-row"><h2>Timeline</h2><span class="note" id="range"></span>
<button id="fold-all" type="button">Fold all</button><button id="zoom-out" type="button" aria-label="Zoom out">−</button><button id="zoom-in" type="button" aria-label="Zoom in">+</button><button id="zoom-all" type="button">Whole</button></div>
<canvas id="overview" role="img" aria-label="Execs over the whole recording"></canvas>
<div id="lanes" role="application" tabindex="0" aria-label="Lanes of containers and processes. Arrows move, plus and minus zoom, 0 shows all, Enter folds, Z zooms to the chosen one." aria-describedby="spoken"><canvas role="img" aria-label="Bars of processes over time"></canvas><div class="spacer"></div></div>
<div id="grid" class="hidden-text" role="treegrid" aria-label="Containers and processes on the screen" aria-readonly="true"></div>
<p id="spoken" class="hidden-text" aria-live="polite"></p>
<p class="key">${key}</p>
</section>
<section class="panel" id="events" aria-label="Events">
<div class="bar-row"><h2>Events</h2><span class="note">times are seconds since tracing began</span></div>
<div class="events-head" aria-hidden="true"><span>Time</span><span>Kind</span><span class="where">Container</span><span class="pid">Pid</span><span class="pid">Inside</span><span>What</span></div>
<div class="events-scroll" role="grid" tabindex="0" aria-label="Events" aria-readonly="true"><div class="events-spacer"></div><div class="events-body" role="rowgroup"></div></div>
<p id="none" hidden>Nothing matches.</p>
</section>
</div>
<aside class="panel" id="details" aria-label="Details" hidden><button id="close" type="button" aria-label="Close the details">×</button><div class="details-body"></div></aside>
</div>
<footer>Made by nstrace ${html(data.header.tool.nstrace)} from recording ${html(data.header.recording)}, kernel ${html(host.kernel)}. Nothing is loaded from anywhere.</footer>
</main>
<div id="tip" hidden></div>
<script type="text/plain" id="data">${packed.toString('base64')}</script>
<script>${script}</script>
</body>
</html>
`;
};

const mark = (shape: string): string =>
  `<svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">${shape}</svg>`;

const key = [
  `<span>${mark('<circle cx="6" cy="6" r="4" fill="currentColor"/>')}executes</span>`,
  `<span>${mark('<path d="M6 0l6 6-6 6-6-6z" fill="currentColor"/>')}enters</span>`,
  `<span>${mark('<path d="M2 2l8 8M10 2l-8 8" stroke="currentColor" stroke-width="2"/>')}failed exec</span>`,
  `<span>${mark('<path d="M9 1h3v10h-3z" fill="currentColor"/>')}ended badly</span>`,
  `<span>${mark('<path d="M2 1l8 5-8 5z" fill="currentColor"/>')}namespace made</span>`,
  `<span>${mark('<path d="M0 12L12 0M-3 6L6 -3M6 15l9-9" stroke="currentColor"/>')}shared namespace</span>`,
  `<span class="keys"><kbd>/</kbd> search · <kbd>←</kbd> <kbd>→</kbd> <kbd>+</kbd> <kbd>−</kbd> <kbd>0</kbd> move · <kbd>↑</kbd> <kbd>↓</kbd> choose · <kbd>Ctrl</kbd> and wheel zoom</span>`,
].join('');

/** `2026-01-02 03:04:05 +01:00`, in the zone that was asked for. */
const beginning = (started: string): string => {
  const [, day, time, zone] = /^(.{10})T(.{8})[.\d]*(.*)$/.exec(moment(started)) ?? [];
  return day === undefined ? started : `${day} ${time} ${zone === 'Z' ? 'UTC' : zone}`;
};

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const html = (text: string): string =>
  escapeText(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
