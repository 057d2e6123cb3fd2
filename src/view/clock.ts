export const twoDigits = (value: number): string => String(Math.floor(value)).padStart(2, '0');

const dayMs = 86_400_000;

/** Local time of day, as people on call read it beside other logs. */
export const clock = (time: string | number): string => {
  const date = new Date(time);
  return `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}:${twoDigits(date.getSeconds())}`;
};

/** The same with microseconds, of a time with nine digits. */
export const exactClock = (time: string): string => `${clock(time)}.${time.slice(20, 26)}`;

/** A moment in full, in local time with its offset (RFC 3339), of a time as records have it: its nine digits stay. */
export const moment = (time: string): string => {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) {
    return time;
  }
  const offset = -date.getTimezoneOffset();
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
  const zone =
    offset === 0
      ? 'Z'
      : `${offset < 0 ? '-' : '+'}${twoDigits(Math.abs(offset) / 60)}:${twoDigits(Math.abs(offset) % 60)}`;
  return `${day}T${clock(time)}${/\.\d+/.exec(time)?.[0] ?? ''}${zone}`;
};

/** The same in milliseconds. */
export const shortMoment = (time: string): string => moment(time).replace(/(\.\d{3})\d*/, '$1');

/** Local time of day, or the date of what is older than a day. Both in ms since 1970. */
export const startClock = (ms: number, now: number): string => {
  const date = new Date(ms);
  return now - ms < dayMs
    ? clock(ms)
    : `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
};
