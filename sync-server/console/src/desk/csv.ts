// Lists as files for a spreadsheet: comma-separated, UTF-8 with its mark so that Excel reads Chinese,
// and no cell that a spreadsheet would take for a formula.

/** The mark by which a spreadsheet knows UTF-8. */
const MARK = "\ufeff";

/** What begins a formula in some spreadsheet. */
const FORMULA = /^[=+\-@\t\r]/;

/** One cell. A formula gets an apostrophe before it and is then text. */
export function cell(value: string): string {
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A file of a head and rows. */
export function csv(rows: readonly (readonly string[])[]): string {
  return MARK + rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** A file name of a list at an instant, `待核-20260317-1745.csv`: Beijing time, safe on every system. */
export function fileName(list: string, nowMs: number): string {
  const at = new Date(nowMs + 8 * 3_600_000).toISOString().replace(/[-:]/g, "");
  return `${list.replace(/[\\/:*?"<>|\s]+/g, "-")}-${at.slice(0, 8)}-${at.slice(9, 13)}.csv`;
}
