/** What the domain asks of its surroundings besides the stores. */

/** The time, passed in so that a test can set it. */
export type Clock = () => Date;

/** `size` bytes from the system's CSPRNG. */
export type RandomBytes = (size: number) => Uint8Array;
