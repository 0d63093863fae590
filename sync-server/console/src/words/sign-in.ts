// Words of signing in, over an empty page and over the dimmed one.

export const SIGN_IN = {
  sign_in: ["登录", "Sign in"],
  sign_in_title: ["值班登录", "Sign in for duty"],
  sign_in_again: ["登录已过期，请重新登录", "The session has expired, sign in again"],
  sign_in_kept: [
    "页面内容和已填写的文字都在，由 {name} 本人登录后可继续。",
    "The page and all you typed are still here; {name} can go on after signing in.",
  ],
  sign_in_other: ["换人登录（清空本页）", "Somebody else signs in (clears the page)"],
  person: ["工号", "Staff number"],
  password: ["密码", "Password"],
  totp: ["动态口令（6 位）", "One-time code (6 digits)"],
  totp_needed: ["请再输入动态口令。", "Enter the one-time code as well."],
  signing_in: ["正在登录…", "Signing in…"],
  throttled_for: ["尝试过多，请在 {n} 秒后重试。", "Too many attempts: try again in {n} s."],
  sound_first: [
    "请先试听：值班时须能听到警报声。登录后新求助会反复鸣响，直到有人处理。",
    "Test the sound first: you must be able to hear the alarm. A new request sounds until somebody acts.",
  ],
  fill_person: ["请输入工号。", "Enter your staff number."],
  fill_password: ["请输入密码。", "Enter your password."],
  no_court: [
    "本页没有写明法院代码，无法登录。请从法院服务器打开值班台。",
    "This page does not name its court, so nobody can sign in. Open the console from the court's server.",
  ],
} as const;
