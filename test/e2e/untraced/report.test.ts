import { stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { container, exec, exit, lost } from '../../fixtures/records.ts';
import { at } from '../../fixtures/story.ts';
import { noBrowser, openBrowser, openReport } from '../support/browser.ts';
import { ownFolder } from '../support/own-folder.ts';
import { linesOf, storyOf } from '../support/recording.ts';
import { run } from '../support/run.ts';
import { program } from '../support/trace.ts';

const folder = ownFolder();

const evil = '</script><img src=x onerror=alert(1)>\u202e\u0000"\'<b>';
const ofEvil = { id: evil, name: evil, runtime: evil };

const reportOf = async (name: string, records = storyOf(), ...options: string[]): Promise<string> => {
  const file = join(folder, `${name}.ndjson`);
  await writeFile(file, linesOf(records));
  const { exitCode, stderr } = await run(program, 'report', file, ...options);
  expect(stderr).toMatch(/\.html: \d+\.\d MB/);
  expect(exitCode).toBe(0);
  return join(folder, `${name}.html`);
};

describe('report', () => {
  it('writes one file that only its owner reads, and over none that exists', async () => {
    const file = await reportOf('once');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const again = await run(program, 'report', join(folder, 'once.ndjson'));
    expect(again).toMatchObject({ exitCode: 1 });
    expect(again.stderr).toContain('it exists');
    expect((await run(program, 'report', join(folder, 'once.ndjson'), '--force')).exitCode).toBe(0);
    await symlink(file, join(folder, 'link.html'));
    const link = await run(program, 'report', join(folder, 'once.ndjson'), '-o', join(folder, 'link.html'), '--force');
    expect(link.stderr).toContain('symbolic link');
  });

  it('says what it cannot read, and leaves no file behind', async () => {
    const file = join(folder, 'none.ndjson');
    await writeFile(file, 'no record\n');
    const { exitCode, stderr } = await run(program, 'report', file);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('no recording');
    await expect(stat(join(folder, 'none.html'))).rejects.toThrow('ENOENT');
  });

  it('masks secrets unless it is asked not to', async () => {
    const secret = exec({ ...at(50), pid: 77, args: ['app', '--password=hunter2'] });
    for (const [options, seen] of [
      [[], false],
      [['--no-redact'], true],
    ] as const) {
      const file = join(folder, 'secret.ndjson');
      await writeFile(file, linesOf(storyOf(secret)));
      const { stdout } = await run(program, 'report', file, '-o', '-', ...options);
      const data = /id="data">([^<]+)</.exec(stdout)![1]!;
      const { gunzipSync } = await import('node:zlib');
      expect(gunzipSync(Buffer.from(data, 'base64')).includes('hunter2')).toBe(seen);
    }
  });
});

describe.skipIf(noBrowser !== '')(`a report in Chromium${noBrowser && ` (skipped: ${noBrowser})`}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  const text = (page: Page, selector: string): Promise<string> =>
    page
      .locator(selector)
      .textContent()
      .then((content) => content ?? '');
  const fragment = (page: Page): Promise<string> => page.evaluate<string>('location.hash');

  it('answers first, and complains of nothing', async () => {
    const { page, complaints } = await openReport(browser, await reportOf('answers'));
    expect(await text(page, '.headline')).toBe(
      '2 containers on box in 3.00 s; all of them ended badly; somebody entered 2 times.',
    );
    expect(await text(page, '#answers')).toContain('runc exec web top');
    expect(await text(page, '#hits')).toMatch(/^\d+ events$/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('searches with the filter language, and says what is wrong with it', async () => {
    const { page } = await openReport(browser, await reportOf('search'));
    await page.keyboard.press('/');
    await page.keyboard.type('c:web e:exit signal:TERM');
    await expect.poll(() => text(page, '#hits')).toMatch(/^1 of \d+ events$/);
    expect(await text(page, '.events-body')).toContain('SIGTERM');
    await expect.poll(() => fragment(page)).toContain('q=c%3Aweb');
    await page.locator('#query').fill('nokey:x');
    await expect.poll(() => text(page, '#problem')).toContain('there is no key nokey');
    await page.locator('#query').fill('l:^(ls|top)');
    await expect.poll(() => text(page, '.events-body')).toContain('ls -l');
    await page.keyboard.press('Escape');
    await expect.poll(() => text(page, '#hits')).toMatch(/^\d+ events$/);
    await page.close();
  });

  it('zooms and moves by wheel, keys and buttons', async () => {
    const { page } = await openReport(browser, await reportOf('zoom'));
    const lanes = page.locator('#lanes');
    await lanes.scrollIntoViewIfNeeded();
    const before = await text(page, '#range');
    await lanes.hover({ position: { x: 700, y: 100 } });
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -400);
    await page.keyboard.up('Control');
    await expect.poll(() => text(page, '#range')).not.toBe(before);
    await expect.poll(() => fragment(page)).toMatch(/^#t=\d/);
    await lanes.focus();
    await page.keyboard.press('0');
    await expect.poll(() => text(page, '#range')).toBe(before);
    await page.keyboard.press('+');
    await page.keyboard.press('ArrowRight');
    expect(await text(page, '#range')).not.toBe(before);
    await page.locator('#zoom-all').click();
    expect(await text(page, '#range')).toBe(before);
    await page.close();
  });

  it('shows what is chosen, by mouse and by keys, and links to what belongs to it', async () => {
    const { page } = await openReport(browser, await reportOf('choose'));
    await page.locator('#lanes').focus();
    await page.keyboard.press('ArrowDown');
    expect(await text(page, '#details h3')).toBe('web');
    expect(await text(page, '#details')).toContain('Namespaces');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#grid [role=row]').first().getAttribute('aria-expanded')).toBe('false');
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    expect(await text(page, '#details h3')).toBe('runc');
    expect(await text(page, '#spoken')).toContain('runc, pid 500');
    await page.locator('#details .link', { hasText: 'web' }).click();
    expect(await text(page, '#details h3')).toBe('web');
    await page.keyboard.press('Escape');
    expect(await page.locator('#details').isVisible()).toBe(false);
    await page.locator('#lanes canvas').click({ position: { x: 60, y: 40 } });
    expect(await text(page, '#details h3')).toBe('web');
    await page.locator('#query').fill('l:^top');
    await expect.poll(() => page.locator('.event').count()).toBeLessThan(8);
    await page.locator('.event').last().click();
    expect(await text(page, '#details h3')).toBe('top');
    await page.close();
  });

  it('opens at the place that its address says', async () => {
    const file = await reportOf('place');
    const { page } = await openReport(browser, file);
    await page.locator('#lanes').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('z');
    await page.locator('#query').fill('c:web');
    await expect.poll(() => fragment(page)).toMatch(/t=.*q=c%3Aweb.*s=p/);
    const [there, name, range] = [await fragment(page), await text(page, '#details h3'), await text(page, '#range')];
    await page.close();
    const { page: other } = await openReport(browser, file, { fragment: there });
    expect([await text(other, '#details h3'), await text(other, '#range')]).toEqual([name, range]);
    expect(await other.locator('#query').inputValue()).toBe('c:web');
    await other.close();
    const { page: nonsense, complaints } = await openReport(browser, file, {
      fragment: '#t=9-1&s=p99999&o=x.-1&q=%00%FF&v=<b>',
    });
    expect(complaints).toEqual([]);
    await nonsense.close();
  });

  it('shows hostile names as what they are', async () => {
    const inside = { pid: 900, nspid: [900, 1], container: ofEvil };
    const records = storyOf(
      container({
        ...at(40),
        op: 'created',
        container: { ...ofEvil, image: evil, labels: { [evil]: evil } },
        by: { pid: 1, comm: evil, args: [evil] },
      }),
      exec({
        ...at(41),
        ...inside,
        comm: evil,
        exe: evil,
        args: [evil, '__proto__', 'constructor'],
        cwd: evil,
        origin: 'joined',
      }),
      exit({ ...at(60), ...inside, comm: evil, signal: evil }),
      container({ ...at(60), op: 'stopped', container: ofEvil, signal: evil }),
      lost({ ...at(70) }),
    );
    const { page, complaints } = await openReport(browser, await reportOf('evil', records));
    await page.locator('#query').fill('onerror');
    await expect.poll(() => text(page, '#hits')).toContain(' of ');
    await page.locator('.event').nth(1).click();
    expect(await text(page, '#details')).toContain('<img src=x onerror=alert(1)>\\u{202e}\\x00');
    await page.locator('#lanes').hover({ position: { x: 80, y: 40 } });
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(2);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('can be read on a phone, in the dark, on paper, and by a screen reader', async () => {
    const file = await reportOf('kinds');
    const { page: phone, complaints } = await openReport(browser, file, {
      viewport: { width: 360, height: 740 },
      hasTouch: true,
      colorScheme: 'dark',
    });
    const width = await phone.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(360);
    expect(await phone.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(15, 19, 24)');
    await phone.emulateMedia({ media: 'print' });
    expect(await phone.locator('#query').isVisible()).toBe(false);
    expect((await phone.pdf()).length).toBeGreaterThan(10_000);
    expect(complaints).toEqual([]);
    await phone.close();
    const { page } = await openReport(browser, file);
    const tree = await page.locator('#timeline').ariaSnapshot();
    expect(tree).toContain('web');
    expect(tree).toMatch(/runc run web, pid 500, code 5/);
    expect(await page.locator('#events [role=grid]').getAttribute('aria-rowcount')).toMatch(/^\d+$/);
    await page.close();
  });
});
