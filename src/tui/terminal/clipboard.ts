import type { Effect } from '../keys/effect.ts';
import type { View } from '../view.ts';

/** To the terminal's clipboard (OSC 52), also over ssh. */
export const copy = ({ text, what }: Effect & { type: 'copy' }, { ui }: View): void => {
  if (text === undefined) {
    ui.notice = { text: `there is no ${what} to copy here`, bad: true };
    return;
  }
  process.stdout.write(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`);
  ui.notice = { text: `copied the ${what}, if this terminal lets programs set the clipboard`, bad: false };
};
