import { z } from 'zod';

/** The one source of what `doctor --json` prints: an array with one finding per check, in the order of the checks. */
export const doctorSchema = z.array(
  z.object({
    name: z.string().describe('what was checked'),
    ok: z.boolean().describe('the same as level "ok"'),
    level: z
      .enum(['ok', 'limited', 'missing'])
      .describe('limited: tracing works, and less is seen; missing: nstrace cannot trace here, and ends with status 3'),
    text: z.string().describe('what was found'),
    advice: z.string().optional().describe('what mends it, on this distribution'),
    without: z.string().optional().describe('what does not work without it, or still does'),
  }),
);

export type DoctorFinding = z.infer<typeof doctorSchema>[number];
