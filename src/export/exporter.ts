import type { NstraceRecord } from '../record/schema.ts';

/** Makes another format out of records, one after the other, and keeps nothing of those that are over. */
export interface Exporter {
  take(record: NstraceRecord): void;
  /** What is due after the last record. */
  end(): void;
}

/** Where an exporter writes to. */
export interface Out {
  text(text: string): void;
  bytes(bytes: Uint8Array): void;
}
