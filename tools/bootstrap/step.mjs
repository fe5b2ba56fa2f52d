const SPEAK_AFTER_MS = 1000;

/** Does one thing and prints one line about it with its time; a thing that takes longer is announced. */
export async function step(name, work) {
  const startedAt = performance.now();
  const announced = setTimeout(() => console.log(`${name} …`), SPEAK_AFTER_MS);
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  try {
    const result = await work();
    console.log(`${name} … ${seconds()}`);
    return result;
  } catch (error) {
    console.log(`${name} … failed after ${seconds()}`);
    throw error;
  } finally {
    clearTimeout(announced);
  }
}
