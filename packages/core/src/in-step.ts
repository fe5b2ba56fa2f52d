// A processor is fast at what it has just done, because the code for it is in its caches. From the first byte of a request
// to its last is more code than they hold: each request finds them full of what the one before it did last. So requests
// that come in together go in step: one step of all of them, then the next.

/** More would wait for each other longer than the company is worth. */
const mostInStep = 16;

interface Group {
  size: number;
  setsOut: Promise<void>;
}
let gathering: Group | undefined;
let endings: (() => void)[] = [];

/**
 * Resolves when everything that came in with this turn of the event loop has been read, for up to sixteen callers at the
 * same moment: they go on in step.
 */
export function inStep(): Promise<void> {
  if (gathering === undefined || gathering.size === mostInStep) gathering = gather();
  gathering.size += 1;
  return gathering.setsOut;
}

/** Lets those who are in step catch up. Who goes in step says it wherever a step of some length is over. */
export async function nextStep(): Promise<void> {
  // The tick that waiting for it takes is all: theirs come first.
}

/**
 * Runs `ending` once those who are in step have gone as far as they come without waiting for anything else: for what they
 * want done by one command. With nobody in step that is the end of this turn of the event loop.
 */
export function afterSteps(ending: () => void): void {
  if (endings.length === 0) setImmediate(end);
  endings.push(ending);
}

function gather(): Group {
  const group: Group = {
    size: 0,
    setsOut: new Promise((resolve) => {
      setImmediate(() => {
        if (gathering === group) gathering = undefined;
        resolve();
      });
      // Node runs it when all that follows from the first has been run.
      setImmediate(end);
    }),
  };
  return group;
}

function end(): void {
  const all = endings;
  endings = [];
  for (const ending of all) ending();
}
