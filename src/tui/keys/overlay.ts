import type { ViewEvent, ViewProcess } from '../store/event.ts';
import type { KeyCommand } from './bindings.ts';
import type { KindMenu } from './kind-menu.ts';
import { type MenuName, menus } from './menu.ts';
import { stepOf } from './moves.ts';

/** What was chosen from a menu. */
export interface Choice {
  readonly menu: MenuName;
  readonly name: string;
  /** With a capital: in the reverse order. */
  readonly reversed: boolean;
}

/** Lines of a page in an overlay, which does not know its height. */
const overlayPage = 10;

/** What opens it closes it too. */
const opens: Readonly<Record<string, KeyCommand>> = { help: 'help', kinds: 'kinds' };

const isMenu = (name: string): name is MenuName => Object.hasOwn(menus, name);

/** What lies over the view: help, kinds of events, a menu, or the details of an event or a process. */
export class Overlay {
  name: 'help' | 'kinds' | 'details' | MenuName | undefined;
  /** The chosen line of a menu. */
  cursor = 0;
  /** The first line that is shown of a text. */
  scroll = 0;
  details: ViewEvent | ViewProcess | undefined;

  open(name: 'help' | 'kinds' | MenuName): void {
    this.name = name;
    if (isMenu(name)) {
      this.cursor = 0;
    } else {
      this.scroll = 0;
    }
  }

  openDetails(of: ViewEvent | ViewProcess): void {
    this.details = of;
    this.name = 'details';
    this.scroll = 0;
  }

  /** A copy menu is opened out of details, too: they are shown again. */
  close(): void {
    const isAbove = this.name === 'copy' && this.details !== undefined;
    this.name = isAbove ? 'details' : undefined;
    this.details = isAbove ? this.details : undefined;
  }

  /** The event or process of the details is gone. */
  forgetDetails(): void {
    this.details = undefined;
    if (this.name === 'details') {
      this.name = undefined;
    }
  }

  /** Takes a key while it is open. */
  press(key: string, command: KeyCommand | undefined, kinds: KindMenu): Choice | undefined {
    const name = this.name!;
    if (key === 'q' || key === 'escape' || (command !== undefined && command === opens[name])) {
      this.close();
    } else if (isMenu(name)) {
      return this.#choose(name, key, command);
    } else if (name === 'kinds') {
      kinds.press(key);
    } else if (command === 'copy' && name === 'details') {
      this.open('copy');
    } else {
      this.scroll = Math.max(0, this.scroll + (stepOf(command, overlayPage) ?? 0));
    }
    return undefined;
  }

  #choose(menu: MenuName, key: string, command: KeyCommand | undefined): Choice | undefined {
    const { items } = menus[menu];
    const chosen = key === 'enter' || key === ' ' ? items[this.cursor] : items.find((item) => item.key === key);
    const reversed = menu === 'sort' ? items.find((item) => item.key.toUpperCase() === key) : undefined;
    const item = chosen ?? reversed;
    if (item === undefined) {
      const step = stepOf(command, items.length) ?? 0;
      this.cursor = Math.min(items.length - 1, Math.max(0, this.cursor + step));
      return undefined;
    }
    this.close();
    return { menu, name: item.name, reversed: item !== chosen };
  }
}
