import { escapeText } from '../../view/escape.ts';
import { answers } from './answers.ts';
import type { Box, Proc } from './boxes.ts';
import { boxDetails, procDetails } from './details.ts';
import { byId, h } from './dom.ts';
import { fillGrid } from './grid.ts';
import { listen } from './keys.ts';
import { Lanes } from './lanes.ts';
import { buildModel } from './model.ts';
import { Overview } from './overview.ts';
import { type Place, readPlace, writePlace } from './place.ts';
import { readData } from './read.ts';
import { firstOpen, type Row, rowsOf } from './rows.ts';
import { type Found, Search } from './search.ts';
import { spokenProc } from './spoken.ts';
import { EventTable } from './table.ts';
import { count, moment } from './text.ts';
import { listenForTheme } from './theme-switch.ts';
import { fillTip } from './tip.ts';
import { Clock, unpack } from './unpack.ts';

const start = async (): Promise<void> => {
  const data = await readData();
  const model = buildModel(data, unpack(data));
  const clock = new Clock(data.header.time, data.header.mono);
  const search = new Search(model, data.header);
  await search.load();

  const whole = { from: -0.01 * data.end, to: Math.max(1000, data.end * 1.03) };
  const fallback: Place = { ...whole, query: '', selected: '', open: firstOpen(model) };
  const place: Place = readPlace(location.hash, { ...fallback, open: new Set(fallback.open) });
  let found: Found = search.find('');

  const input = byId('query') as HTMLInputElement;
  const problem = byId('problem');
  const spoken = byId('spoken');
  const panel = byId('details');

  let saving = 0;
  const save = (): void => {
    clearTimeout(saving);
    saving = window.setTimeout(() => {
      const words = writePlace(place, fallback);
      history.replaceState(null, '', words === '' ? location.pathname + location.search : `#${words}`);
    }, 150);
  };
  const onView = (from: number, to: number): void => {
    place.from = from;
    place.to = to;
    overview.setView(from, to);
    lanes.setView(from, to);
    showRange();
    save();
  };
  const lanes = new Lanes(byId('lanes'), {
    end: data.end,
    hostUntil: data.kept.hostUntil,
    until: data.kept.until,
    onSelect: (row) => selectRow(row, false),
    onFold: (row) => fold(row.box),
    onView,
    onHover: (row, x, y, at) => showTip(row, x, y, at),
  });
  const overview = new Overview(byId('overview') as HTMLCanvasElement, data.summary.activity, data.end, onView);
  const table = new EventTable(byId('events'), model, (index) => {
    const proc = model.procOf[index];
    if (proc === undefined) {
      toBox(model.boxOf[index]!, false);
    } else {
      toProc(proc, false);
    }
  });

  const showRange = (): void => {
    byId('range').textContent =
      `${moment(Math.max(0, place.from), (place.to - place.from) / 100)} – ${moment(Math.min(data.end, place.to), (place.to - place.from) / 100)}`;
  };
  const showRows = (): void => {
    lanes.setRows(rowsOf(model, place.open, found.procs), found.procs);
    lanes.select(lanes.rows.findIndex(isSelected), false);
    showGrid();
  };
  const isSelected = (row: Row): boolean =>
    row.type === 'proc'
      ? place.selected === `p${row.proc.index}`
      : row.type === 'box' && place.selected === `c${row.box.index}`;

  const fold = (box: Box): void => {
    if (!place.open.delete(box.index)) {
      place.open.add(box.index);
    }
    showRows();
    save();
  };
  const selectRow = (row: Row, scroll: boolean): void => {
    if (row.type === 'proc') {
      toProc(row.proc, scroll);
    } else if (row.type === 'box' && place.selected === `c${row.box.index}`) {
      fold(row.box);
    } else {
      toBox(row.box, scroll);
    }
  };
  const show = (name: string, spokenText: string, content: readonly HTMLElement[], scroll: boolean): void => {
    place.selected = name;
    panel.querySelector('.details-body')!.replaceChildren(...content);
    panel.hidden = false;
    document.body.classList.add('has-details');
    lanes.select(lanes.rows.findIndex(isSelected), scroll);
    spoken.textContent = spokenText;
    showGrid();
    save();
  };
  const toProc = (proc: Proc, scroll = true): void => {
    const { index } = proc.worksFor ?? proc.box;
    if (scroll && !place.open.has(index)) {
      place.open.add(index);
      showRows();
    }
    show(`p${proc.index}`, spokenProc(proc), procDetails(proc, model, actions), scroll);
  };
  const toBox = (box: Box, scroll = true): void =>
    show(`c${box.index}`, `container ${escapeText(box.name)}`, boxDetails(box, actions), scroll);
  const zoomTo = (from: number, to: number): void => {
    const room = Math.max(1e5, (to - from) * 0.06);
    onView(Math.max(whole.from, from - room), Math.min(whole.to, to + room));
    byId('timeline').scrollIntoView({ block: 'nearest' });
  };
  const hide = (): void => {
    place.selected = '';
    panel.hidden = true;
    document.body.classList.remove('has-details');
    lanes.select(-1, false);
    save();
  };
  const ask = (query: string): void => {
    input.value = query;
    run(query);
    byId('events').scrollIntoView({ block: 'start' });
  };
  const run = (query: string): void => {
    found = search.find(query);
    place.query = query;
    problem.textContent = found.problem ?? '';
    input.setAttribute('aria-invalid', String(found.problem !== undefined));
    byId('hits').textContent =
      found.hits.length === model.records.length
        ? count(model.records.length, 'event')
        : `${found.hits.length.toLocaleString('en')} of ${count(model.records.length, 'event')}`;
    byId('none').hidden = found.hits.length > 0;
    table.show(found.hits);
    showRows();
    save();
  };
  const actions = {
    toProc: (proc: Proc) => toProc(proc),
    toBox: (box: Box) => toBox(box),
    zoom: zoomTo,
    search: ask,
    time: (at: number) => new Date(clock.time(at)).toLocaleTimeString(undefined, data.utc ? { timeZone: 'UTC' } : {}),
  };

  byId('answers').replaceChildren(
    ...answers(data, model, {
      search: ask,
      toBox: (box) => {
        toBox(box);
        byId('timeline').scrollIntoView({ block: 'start' });
      },
      toTime: (at) => zoomTo(at - 5e7, at + 5e7),
      toPid: (pid, at, recording) => {
        const proc = model.procs.findLast(
          (candidate) => candidate.pid === pid && candidate.box.recording === recording && candidate.from <= at,
        );
        if (proc !== undefined) {
          toProc(proc);
          byId('timeline').scrollIntoView({ block: 'start' });
        }
      },
    }),
  );

  const showGrid = (): void => fillGrid(byId('grid'), lanes, isSelected);
  const showTip = (row: Row | undefined, x: number, y: number, at: number): void =>
    fillTip(byId('tip'), row, { x, y }, moment(Math.max(0, at), (place.to - place.from) / 1000));

  const selectAny = (row: Row): void => (row.type === 'proc' ? toProc(row.proc) : toBox(row.box));
  const foldAt = (row: Row | undefined): void => {
    if (row?.type === 'box') {
      fold(row.box);
    }
  };
  const zoomToRow = (row: Row | undefined): void => {
    if (row?.type === 'proc') {
      zoomTo(row.proc.from, row.proc.to ?? data.end);
    } else if (row !== undefined) {
      zoomTo(row.box.from, row.box.to);
    }
  };
  const application = byId('lanes');
  listen(application, lanes, {
    choose: (row) => selectAny(row),
    whole: () => onView(whole.from, whole.to),
    fold: foldAt,
    zoomTo: zoomToRow,
  });
  application.addEventListener('scroll', () => showGrid());

  let typing = 0;
  input.addEventListener('input', () => {
    clearTimeout(typing);
    typing = window.setTimeout(() => run(input.value), 120);
  });
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLInputElement;
    if (event.key === '/' && !isTyping) {
      event.preventDefault();
      input.focus();
    } else if (event.key === 'Escape') {
      if (isTyping && input.value !== '') {
        input.value = '';
        run('');
      } else {
        hide();
      }
    }
  });
  byId('close').addEventListener('click', hide);
  byId('zoom-in').addEventListener('click', () => lanes.zoom(0.6));
  byId('zoom-out').addEventListener('click', () => lanes.zoom(1 / 0.6));
  byId('zoom-all').addEventListener('click', () => onView(whole.from, whole.to));
  byId('fold-all').addEventListener('click', () => {
    const all = model.boxes.every(({ index, life }) => life === undefined || place.open.has(index));
    place.open = all
      ? new Set()
      : new Set(model.boxes.filter(({ life }) => life !== undefined).map(({ index }) => index));
    showRows();
    save();
  });

  listenForTheme(lanes, overview);
  const go = (): void => {
    input.value = place.query;
    onView(place.from, place.to);
    run(place.query);
    const proc = place.selected.startsWith('p') ? model.procs[Number(place.selected.slice(1))] : undefined;
    const box = place.selected.startsWith('c') ? model.boxes[Number(place.selected.slice(1))] : undefined;
    if (proc !== undefined) {
      toProc(proc);
    } else if (box !== undefined) {
      toBox(box);
    }
  };
  addEventListener('hashchange', () => {
    Object.assign(place, readPlace(location.hash, { ...fallback, open: new Set(fallback.open) }));
    go();
  });

  lanes.resize();
  go();
  document.body.classList.add('ready');
  document.documentElement.dataset.opened = String(Math.round(performance.now()));
};

start().catch((error: unknown) => {
  const answersPlace = byId('answers');
  answersPlace.replaceChildren(
    h(
      'p',
      { class: 'warning' },
      `The page could not read its data: ${error instanceof Error ? error.message : String(error)}`,
    ),
  );
});
