import { afterSteps } from './in-step.ts';

/** A command must not grow with what comes in at once. */
const usualMost = 64;

interface Waiting<Input, Output> {
  input: Input;
  resolve: (output: Output) => void;
  reject: (error: unknown) => void;
}

/**
 * Does what is asked for in one turn of the event loop with one command. Visitors who come in together wait for one answer
 * of a store instead of one each, and nobody waits for another turn.
 *
 * @param doAll gives an output for each input, in their order; an error where only that input is in trouble
 */
export function gather<Input, Output>(
  doAll: (inputs: Input[]) => Promise<(Output | Error)[]>,
  mostAtOnce = usualMost,
): (input: Input) => Promise<Output> {
  let waiting: Waiting<Input, Output>[] = [];

  const run = async () => {
    const taken = waiting;
    waiting = [];
    if (taken.length === 0) return;
    try {
      const outputs = await doAll(taken.map(({ input }) => input));
      for (const [index, { resolve, reject }] of taken.entries()) {
        const output = outputs[index] as Output | Error;
        if (output instanceof Error) reject(output);
        else resolve(output);
      }
    } catch (error) {
      for (const { reject } of taken) reject(error);
    }
  };

  return (input) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) afterSteps(() => void run());
      waiting.push({ input, resolve, reject });
      if (waiting.length === mostAtOnce) void run();
    });
}
