import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Debian's and others' names of it. */
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = places.find((place) => existsSync(place));

/** Why pages cannot be tested here; empty if they can. */
export const noBrowser = executablePath === undefined && !process.env.CI ? 'chromium is not installed' : '';

/** A machine that is busy with something else takes many times as long as usual. */
const patienceMs = 120_000;

/** Debian's Chromium without a window; root has no sandbox. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    ...(executablePath && { executablePath }),
    args: ['--no-sandbox', '--disable-gpu'],
    timeout: patienceMs,
  });

export interface OpenPage {
  readonly page: Page;
  /** What went wrong in it, violations of its policy too, and what it asked of the network. */
  readonly complaints: readonly string[];
}

/** A report, when it has shown its data. */
export const openReport = async (
  browser: Browser,
  file: string,
  { fragment = '', ...options }: Parameters<Browser['newPage']>[0] & { fragment?: string } = {},
): Promise<OpenPage> => {
  const page = await browser.newPage({ viewport: { width: 1300, height: 900 }, ...options });
  page.setDefaultTimeout(patienceMs);
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith('file://')) {
      complaints.push(`asked for ${request.url()}`);
    }
  });
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(`file://${file}${fragment}`);
  await page.waitForSelector('body.ready');
  return { page, complaints };
};
