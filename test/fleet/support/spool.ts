import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { exec, footer, header } from '../../fixtures/records.ts';

/** A spool that a test writes by itself. */
export class TestSpool {
  readonly folder = mkdtempSync(join(tmpdir(), 'nstrace-spool-'));
  #seq = 0;

  /** Adds a part. */
  part(number: number, records: readonly NstraceRecord[], name = 'a'): string {
    const path = join(this.folder, `${name}.${String(number).padStart(6, '0')}.ndjson`);
    writeFileSync(path, '');
    this.append(path, records);
    return path;
  }

  append(path: string, records: readonly NstraceRecord[]): void {
    appendFileSync(path, records.map((record) => `${this.line(record)}\n`).join(''));
  }

  line(record: NstraceRecord): string {
    this.#seq += 1;
    return JSON.stringify({ ...record, seq: this.#seq });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

export const execs = (count: number): NstraceRecord[] => Array.from({ length: count }, () => exec());
export { exec, footer, header };
