import { describe, expect, it } from 'vitest';
import { keyCommandOf } from '../../../src/tui/keys/bindings.ts';
import { KindMenu } from '../../../src/tui/keys/kind-menu.ts';
import { type MenuName, menus } from '../../../src/tui/keys/menu.ts';
import { Overlay } from '../../../src/tui/keys/overlay.ts';
import type { ViewEvent } from '../../../src/tui/store/event.ts';

const kinds = new KindMenu();
const press = (overlay: Overlay, key: string) =>
  overlay.press(key, keyCommandOf(key, { isReplay: false, mode: 'flat' }), kinds);

const opened = (name: 'help' | 'kinds' | MenuName): Overlay => {
  const overlay = new Overlay();
  overlay.open(name);
  return overlay;
};

describe('an overlay', () => {
  it.each(['q', 'escape', '?'])('with help is closed by %s', (key) => {
    const overlay = opened('help');
    press(overlay, key);
    expect(overlay.name).toBeUndefined();
  });

  it('with help scrolls, and not above its beginning', () => {
    const overlay = opened('help');
    press(overlay, 'k');
    expect(overlay.scroll).toBe(0);
    press(overlay, 'j');
    press(overlay, 'pagedown');
    expect(overlay.scroll).toBeGreaterThan(1);
    overlay.open('help');
    expect(overlay.scroll).toBe(0);
  });

  it('with kinds gives them each key but those that close it', () => {
    const overlay = opened('kinds');
    const before = kinds.shown;
    press(overlay, '1');
    expect(kinds.shown).not.toBe(before);
    press(overlay, 'e');
    expect(overlay.name).toBeUndefined();
  });
});

describe('a menu', () => {
  it('is chosen from by its letters, and closed', () => {
    for (const menu of Object.keys(menus) as MenuName[]) {
      for (const { key, name } of menus[menu].items) {
        const overlay = opened(menu);
        expect(press(overlay, key)).toEqual({ menu, name, reversed: false });
        expect(overlay.name).toBeUndefined();
      }
    }
  });

  it('has no letter twice, and none that closes it', () => {
    for (const { items } of Object.values(menus)) {
      const letters = items.map(({ key }) => key);
      expect(new Set(letters).size).toBe(letters.length);
      expect(letters).not.toContain('q');
    }
  });

  it('is chosen from at its cursor, which stays in it', () => {
    const { items } = menus.copy;
    const overlay = opened('copy');
    press(overlay, 'up');
    expect(overlay.cursor).toBe(0);
    press(overlay, 'down');
    expect(press(overlay, 'enter')).toMatchObject({ menu: 'copy', name: items[1]!.name });
    overlay.open('copy');
    expect(overlay.cursor).toBe(0);
    for (let count = 0; count < 50; count += 1) {
      press(overlay, 'down');
    }
    expect(press(overlay, ' ')).toMatchObject({ name: items.at(-1)!.name });
  });

  it('sorts in reverse with a capital, and no other menu takes one', () => {
    const { key, name } = menus.sort.items[0]!;
    expect(press(opened('sort'), key.toUpperCase())).toEqual({ menu: 'sort', name, reversed: true });
    const overlay = opened('by');
    expect(press(overlay, menus.by.items[0]!.key.toUpperCase())).toBeUndefined();
    expect(overlay.name).toBe('by');
  });
});

describe('details', () => {
  const event = {} as ViewEvent;

  it('are shown again after a menu that was opened out of them', () => {
    const overlay = new Overlay();
    overlay.openDetails(event);
    press(overlay, 'c');
    expect(overlay.name).toBe('copy');
    press(overlay, 'escape');
    expect([overlay.name, overlay.details]).toEqual(['details', event]);
    press(overlay, 'escape');
    expect([overlay.name, overlay.details]).toEqual([undefined, undefined]);
  });

  it('are closed where their event is gone, and another overlay stays', () => {
    const overlay = new Overlay();
    overlay.openDetails(event);
    overlay.forgetDetails();
    expect(overlay.name).toBeUndefined();
    overlay.open('help');
    overlay.forgetDetails();
    expect(overlay.name).toBe('help');
  });
});
