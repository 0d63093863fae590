// Money: whole fen inside, `¥186,400.00` for people. No floating-point number is ever money.

/** The most the records take, fen. */
const MOST = 9_000_000_000_000_000;

/** `¥186,400.00`. What is no whole number of fen is given as it is. */
export function yuan(fen: number): string {
  if (!Number.isSafeInteger(fen)) return String(fen);
  const digits = String(Math.abs(fen)).padStart(3, "0");
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${fen < 0 ? "-" : ""}¥${whole}.${digits.slice(-2)}`;
}

/** Fen of what a person typed (`92,500`, `¥92500.5`, `９２５００元`); `null` when it is no amount. */
export function readYuan(text: string): number | null {
  const plain = text.normalize("NFKC").replace(/[\s,¥元]/g, "");
  const match = /^(\d{1,14})(?:\.(\d{1,2}))?$/.exec(plain);
  if (match === null) return null;
  const fen = Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
  return Number.isSafeInteger(fen) && fen <= MOST ? fen : null;
}
