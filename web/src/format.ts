// Dates, numbers and positions, in British form.
const LOCALE = "en-GB";
const NUMBER = new Intl.NumberFormat(LOCALE);
const DAY = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", year: "numeric" });
const MOMENT = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });

export const number = (value: number) => NUMBER.format(value);
export const day = (seconds: number) => DAY.format(seconds * 1000);
export const moment = (seconds: number) => MOMENT.format(seconds * 1000);

// "2024-03-02" as "2 Mar 2024"; what is no day as it is.
export function dayOf(text: string | undefined | null): string {
  if (!text) return "";
  return /^\d{4}-\d{2}-\d{2}/.test(text) ? DAY.format(new Date(text.slice(0, 10) + "T12:00:00")) : text;
}

export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

export function seconds(value: number): string {
  if (value < 90) return `${Math.max(1, Math.round(value))} s`;
  if (value < 5400) return `${Math.round(value / 60)} min`;
  return `${Math.round(value / 3600)} h`;
}

// Positions of the API are code points, or bytes of UTF-8; those of strings here are units of UTF-16.
export function pointsToUnits(text: string, point: number): number {
  let units = 0;
  for (let points = 0; points < point && units < text.length; points++) {
    units += text.codePointAt(units)! > 0xffff ? 2 : 1;
  }
  return units;
}

export function unitsToPoints(text: string, unit: number): number {
  let points = 0;
  for (let units = 0; units < unit; points++) units += text.codePointAt(units)! > 0xffff ? 2 : 1;
  return points;
}

export function sliceBytes(text: string, start: number, end: number): string {
  return new TextDecoder().decode(new TextEncoder().encode(text).slice(start, end));
}
