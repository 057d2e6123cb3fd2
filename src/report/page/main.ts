import { answers } from './answers.ts';
import { listenForAll } from './controls.ts';
import { byId, h } from './dom.ts';
import { buildModel } from './model.ts';
import { Page } from './page.ts';
import { readData } from './read.ts';
import { Search } from './search.ts';
import { unpack } from './unpack.ts';

const start = async (): Promise<void> => {
  const data = await readData();
  const model = buildModel(data, unpack(data));
  const search = new Search(model, data.header);
  await search.load();
  const page = new Page(data, model, search);
  const showTimeline = (): void => byId('timeline').scrollIntoView({ block: 'start' });
  byId('answers').replaceChildren(
    ...answers(data, model, {
      search: (query) => page.ask(query),
      toBox: (box) => {
        page.toBox(box);
        showTimeline();
      },
      toTime: (at) => page.zoomTo(at - 5e7, at + 5e7),
      toPid: (pid, at, recording) => {
        const proc = model.procs.findLast(
          (candidate) => candidate.pid === pid && candidate.box.recording === recording && candidate.from <= at,
        );
        if (proc !== undefined) {
          page.toProc(proc);
          showTimeline();
        }
      },
    }),
  );
  listenForAll(page);
  page.lanes.resize();
  page.go();
  document.body.classList.add('ready');
  document.documentElement.dataset.opened = String(Math.round(performance.now()));
};

start().catch((error: unknown) => {
  byId('answers').replaceChildren(
    h(
      'p',
      { class: 'warning' },
      `The page could not read its data: ${error instanceof Error ? error.message : String(error)}`,
    ),
  );
});
