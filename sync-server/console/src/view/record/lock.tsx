// The lock of a finalised record: a shape, since words stand beside it.

/** A small closed lock. */
export function Lock() {
  return (
    <svg class="lock" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
      <path d="M4 6V4.5a3 3 0 0 1 6 0V6" fill="none" stroke="currentColor" stroke-width="1.6" />
      <rect x="2.5" y="6" width="9" height="6.5" rx="1" fill="currentColor" />
    </svg>
  );
}
