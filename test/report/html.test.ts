import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { ReportCollector } from '../../src/report/collect.ts';
import { reportHtml } from '../../src/report/html.ts';
import { exec, header } from '../fixtures/records.ts';

const evil = '</script><script>alert(1)</script><img src=x onerror=alert(1)>"\'\u202e';

const pageOf = async (): Promise<string> => {
  const collector = new ReportCollector();
  const host = { name: evil, boot_id: evil, kernel: evil, arch: evil };
  collector.take(header({ host, recording: evil, tool: { nstrace: evil, bpftrace: '', node: '' } }));
  collector.take(exec({ args: [evil], comm: evil, exe: evil }));
  return reportHtml(collector.finish(0)!, { script: 'const a = 1;', style: 'a{b:c}' });
};

it('allows only its own script and style', async () => {
  const page = await pageOf();
  const hash = (text: string): string => createHash('sha256').update(text).digest('base64');
  expect(page).toContain(
    `content="default-src 'none'; script-src 'sha256-${hash('const a = 1;')}'; style-src 'sha256-${hash('a{b:c}')}'; base-uri 'none'; form-action 'none'"`,
  );
  expect(page.match(/<script/g)).toHaveLength(2);
  expect(page.match(/<style/g)).toHaveLength(1);
});

it('has no text of others as it is', async () => {
  const page = await pageOf();
  expect(page).not.toContain('alert(1)</script>');
  expect(page).not.toMatch(/<img/);
  expect(page).not.toContain('\u202e');
  expect(page).toContain('&#60;/script&#62;');
});

it('names nothing outside of itself', async () => {
  expect(await pageOf()).not.toMatch(/(?:src|href)="(?!#)|url\(|@import/);
});
