import { defaultSiteLimits, type SiteLimits } from '../limits/site-limits.ts';
import { integer, optional, record, type Field, type Read } from './reading.ts';

/** From the least to the most that a figure may be. The most are what the arithmetic of the threat model bears. */
const bounds: Record<keyof SiteLimits, [min: number, max: number]> = {
  addressPauseSeconds: [1, 3_600],
  addressPerHour: [1, 100],
  addressPerDay: [1, 100],
  addressKeptForHolder: [0, 99],
  networkFreePer5Minutes: [0, 100_000],
  networkPer5Minutes: [1, 100_000],
  networkVerifiesPer5Minutes: [1, 100_000],
  sitePerMinute: [1, 1_000_000],
  siteWrongCodesPerDay: [1, 100_000_000],
};

const figures = Object.fromEntries(
  Object.entries(bounds).map(([name, [min, max]]) => [
    name,
    optional(defaultSiteLimits[name as keyof SiteLimits], integer(min, max)),
  ]),
) as Record<keyof SiteLimits, Field<number>>;

const readFigures = record(figures);

export const readLimits: Read<SiteLimits> = (value, place) => {
  const limits = readFigures(value, place);
  if (!limits || limits.addressKeptForHolder < limits.addressPerDay) return limits;
  return place.member('addressKeptForHolder').complain('not smaller than addressPerDay, which leaves none for a first visit. It wants fewer');
};
