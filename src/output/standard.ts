import { standardOutput } from '../console/stdout.ts';
import type { Stop } from '../console/stop.ts';
import type { EventKind } from '../filter/kinds.ts';
import { safeJson } from '../view/json.ts';
import { JsonOutput } from './json.ts';
import { LineOutput, type LineSettings } from './lines.ts';
import type { Output } from './output.ts';

/** Records or lines on standard output. */
export const outputFor = (json: boolean, settings: LineSettings, events: ReadonlySet<EventKind>, stop: Stop): Output =>
  json ? new JsonOutput(standardOutput(stop, safeJson)) : new LineOutput(settings, events, standardOutput(stop));
