/** Where a process runs; empty texts: nobody said. */
export interface Locality {
  readonly region: string;
  readonly zone: string;
}

/** The distance of another region. */
export const FARTHEST = 2;

/** How far away a process is: 0 in the same zone, 1 in the same region, 2 elsewhere. */
export function distanceFrom(here: Locality): (there: Locality) => number {
  return (there) => {
    if (here.region !== "" && there.region !== here.region) return FARTHEST;
    return here.zone !== "" && there.zone !== here.zone ? 1 : 0;
  };
}

export function isSameZone(one: Locality, other: Locality): boolean {
  return one.region === other.region && one.zone === other.zone;
}
