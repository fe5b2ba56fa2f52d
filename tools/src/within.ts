/** The value of `work`, or an error that says what took too long. `work` itself is not stopped. */
export async function within<T>(deadlineMs: number, work: Promise<T>, tooLong: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${tooLong} (waited ${deadlineMs / 1000} s)`)), deadlineMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
