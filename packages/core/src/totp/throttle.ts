const minuteMs = 60_000;
const longestPauseMs = 24 * 60 * minuteMs;
const firstPauseMs = 15 * minuteMs;

/** Wrong codes in a row between two pauses. */
export const failuresPerPause = 5;

/** Wrong codes in a row that end an enrolment (NIST SP 800-63B-4 §3.2.2 allows no more). */
export const maxFailures = 100;

/**
 * Wrong codes in all that end it. What its holder does in between cannot lift this, so it bounds the odds of a
 * guesser over the whole life of an enrolment: see docs/threat-model.md.
 */
export const maxWrongCodes = 300;

/**
 * How long nothing is compared after so many wrong codes in a row, each fifth of them: 15 minutes, then twice as long
 * each time, at most a day (RFC 4226 §7.3).
 */
export function pauseMsAfter(failures: number): number {
  if (failures === 0 || failures % failuresPerPause !== 0) return 0;
  return Math.min(firstPauseMs * 2 ** (failures / failuresPerPause - 1), longestPauseMs);
}
