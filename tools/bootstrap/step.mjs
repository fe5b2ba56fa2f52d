const SPEAK_AFTER_MS = 1000;

/**
 * Does one thing and prints one line about it with its time. On a terminal the name stands there from the
 * beginning; in a log it comes early only when the thing takes more than a second.
 */
export async function step(name, work) {
  const startedAt = performance.now();
  const onTerminal = process.stdout.isTTY === true;
  const early = onTerminal ? undefined : setTimeout(() => console.log(`${name} …`), SPEAK_AFTER_MS);
  if (onTerminal) process.stdout.write(`${name} … `);
  const line = (end) => console.log(onTerminal ? end : `${name} … ${end}`);
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  try {
    const result = await work();
    line(seconds());
    return result;
  } catch (error) {
    line(`failed after ${seconds()}`);
    throw error;
  } finally {
    clearTimeout(early);
  }
}
