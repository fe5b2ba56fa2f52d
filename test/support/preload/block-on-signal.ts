/**
 * Loaded into a process by NODE_OPTIONS=--import: SIGUSR2 blocks its event loop, as a long garbage collection or a
 * paused virtual machine does. BLOCK_MS says for how long.
 */
process.on('SIGUSR2', () => {
  const until = performance.now() + Number(process.env['BLOCK_MS']);
  while (performance.now() < until);
});
