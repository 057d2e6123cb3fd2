/** Expression for times of records: RFC 3339 in UTC with nine digits, and no hour or month that there is not. */
export const timePattern =
  '\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.\\d{9}Z';
