/** How much a site lets through. Each figure may be changed in the sites file. */
export interface SiteLimits {
  /** Seconds between two mails to one address. */
  addressPauseSeconds: number;
  /** Mails to one address. */
  addressPerHour: number;
  addressPerDay: number;
  /** How many of `addressPerDay` only a browser gets that the address has been proven from. */
  addressKeptForHolder: number;
  /** Requests for codes from one network in 5 minutes; past them each needs a proof of work. */
  networkFreePer5Minutes: number;
  /** Requests for codes from one network in 5 minutes; past them there are none. */
  networkPer5Minutes: number;
  /** Wrong codes typed in one network in 5 minutes. */
  networkVerifiesPer5Minutes: number;
  /** Requests for codes at this site, by anyone. */
  sitePerMinute: number;
  /** Wrong codes a day at this site, by anyone; past them every request needs a proof of work. */
  siteWrongCodesPerDay: number;
}

export const defaultSiteLimits: SiteLimits = {
  addressPauseSeconds: 60,
  addressPerHour: 5,
  addressPerDay: 10,
  addressKeptForHolder: 4,
  networkFreePer5Minutes: 30,
  networkPer5Minutes: 300,
  networkVerifiesPer5Minutes: 60,
  sitePerMinute: 6_000,
  siteWrongCodesPerDay: 10_000,
};
