/**
 * Gives back what a right code has spent: a network is limited in its guesses, and everybody in an office gets in from
 * one address. Nobody waits for it, and where it fails the limit is over in minutes.
 */
export function giveBack({ refund }: { refund: () => Promise<void> }): void {
  void refund().catch(() => undefined);
}
