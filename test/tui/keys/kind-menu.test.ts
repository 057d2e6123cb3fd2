import { describe, expect, it } from 'vitest';
import { KindMenu } from '../../../src/tui/keys/kind-menu.ts';
import { viewKinds } from '../../../src/tui/store/event.ts';

describe('the choice of kinds', () => {
  it('leaves out what is many and says little, unless asked otherwise', () => {
    expect([...new KindMenu().shown].sort()).toEqual(['container', 'exec', 'exit', 'failed', 'join', 'namespace']);
    expect([...new KindMenu(['fork']).shown]).toEqual(['fork']);
  });

  it('switches by number, and at the cursor, which stays in the list', () => {
    const menu = new KindMenu([]);
    menu.press('1');
    expect([...menu.shown]).toEqual([viewKinds[0]]);
    menu.press('up');
    menu.press('enter');
    expect([...menu.shown]).toEqual([]);
    for (let count = 0; count < 20; count += 1) {
      menu.press('j');
    }
    menu.press(' ');
    expect([...menu.shown]).toEqual([viewKinds.at(-1)]);
  });

  it('is a new set after every change, and the same without one', () => {
    const menu = new KindMenu();
    const { shown } = menu;
    menu.press('0');
    menu.press('z');
    menu.press('k');
    expect(menu.shown).toBe(shown);
    menu.press('1');
    expect(menu.shown).not.toBe(shown);
  });
});
