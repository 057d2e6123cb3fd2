import { escapeText } from '../../view/escape.ts';
import { widthOf } from '../../view/width.ts';
import type { Ui } from '../keys/ui.ts';
import type { FrameInput, Status } from './frame-input.ts';
import { padLines, renderLine } from './line.ts';

/** Nothing ran yet, and no container is there. */
export const isQuiet = ({ store, ui }: FrameInput): boolean =>
  ui.query.empty &&
  (ui.mode === 'grouped' || ui.mode === 'containers') &&
  ui.focus === undefined &&
  store.groups.size === store.traces.all.length &&
  store.nextId === 0;

/** A body with nothing to show says why, and what to do. */
export const emptyLines = ({ ui, status, columns, theme }: FrameInput, height: number): string[] => {
  const reason = whyEmpty(ui, status);
  const above = Math.max(0, Math.floor((height - reason.length) / 2));
  const center = (text: string): string => ' '.repeat(Math.max(0, Math.floor((columns - widthOf(text)) / 2))) + text;
  const blank = Array.from({ length: above }, () => ' '.repeat(columns));
  const lines = [
    ...blank,
    ...reason.map((text, index) => renderLine([[center(text), index === 0 ? 'plain' : 'dim']], columns, theme)),
  ];
  return padLines(lines, height, columns);
};

const whyEmpty = (ui: Ui, status: Status): string[] => {
  if (!ui.query.empty) {
    return [`Nothing matches ${escapeText(ui.query.text)}`, 'Esc clears the filter'];
  }
  if (ui.kinds.shown.size === 0) {
    return ['No kind of event is chosen', 'e chooses'];
  }
  if (ui.pausedAt !== undefined) {
    return ['What was shown when you paused is no longer kept', 'Space goes on'];
  }
  if (status.state === 'starting') {
    return ['Attaching the probes ...'];
  }
  if (ui.mode === 'tree' || ui.mode === 'lanes') {
    return ['No process is known here', 'Tab goes to what happened'];
  }
  if (status.replay !== undefined) {
    return [status.message?.text ?? 'Nothing has happened up to here', 'Space plays, right goes on by 5 seconds'];
  }
  return [
    status.message?.text ?? 'Waiting for something to run: every exec on this machine will be shown here',
    'Start a container, or run a command in another terminal',
  ];
};
