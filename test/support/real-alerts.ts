/** The alerts that tests make fire for real, by what makes them: within seconds. test/integration/deploy-alerts.test.ts */
export const alertsInSeconds = {
  trouble: ['TransportFailing', 'NoMailLeaves', 'Guessing', 'GuessBudgetSpent', 'GuessingApps', 'ManyLimited', 'ForgedJob', 'MailsStale', 'SweepLag'],
  nothingSent: ['NoMailSent', 'SiteSendsNoMail'],
  noWorker: ['NoWorker', 'ProcessDown', 'QueueSlow', 'QueueStuck'],
  evictingRedis: ['DependencyDown'],
  hangingRedis: ['RequestsUnavailable', 'QueueUnseen'],
  nobody: ['ApiAway', 'SweeperAway'],
};

/** Those that take their time: test/faults/alerts.test.ts */
export const alertsInMinutes = {
  refusedMails: ['MailsRefused', 'FailedJobsPilingUp'],
  slowServer: ['AcceptanceSlow'],
  blockedLoop: ['EventLoopLag'],
  restarts: ['Restarting'],
  spoiltDocuments: ['InternalErrors'],
  noDatabase: ['SweepFailing'],
};

/** Their names in the rules. */
export function alertNames(cases: Record<string, readonly string[]>): string[] {
  return Object.values(cases).flatMap((names) => names.map((name) => `Daypass${name}`));
}
