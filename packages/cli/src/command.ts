/** What a command is given: everything that it may know of the world. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  say: (line: string) => void;
  now: () => Date;
}

/** One command of `daypass`. */
export interface Command {
  /** The arguments, as a person would write them down. */
  usage: string;
  summary: string;
  /** @returns the exit code: 0 is well, 1 is not, 2 is used wrongly */
  run: (args: string[], surroundings: Surroundings) => Promise<number>;
}
