/** A participant who can be shown, with the producers of their pictures. */
export interface Visible {
  readonly participantId: string;
  /** `null`: no camera is on, the tile shows the name alone. */
  readonly cameraProducerId: string | null;
  readonly screenProducerId: string | null;
}

/** Everybody who can be shown, in lists of which a layout reads only as much as it has slots. */
export interface Gathering {
  readonly people: Map<string, Visible>;
  /** Participants with a camera, in the order in which the cameras were switched on. */
  readonly withPicture: Set<string>;
  readonly withoutPicture: Set<string>;
  /** Participants who share a screen, in the order in which they began. */
  readonly screens: Set<string>;
  /** Participants who spoke, the last one first. */
  readonly spoke: string[];
}

/** How many recent speakers are remembered. */
const rememberedSpeakers = 20;

export function newGathering(): Gathering {
  return {
    people: new Map(),
    withPicture: new Set(),
    withoutPicture: new Set(),
    screens: new Set(),
    spoke: [],
  };
}

/** Notes a participant with their present pictures. Answers whether they have switched a camera on. */
export function notePictures(gathering: Gathering, person: Visible): boolean {
  const { people, withPicture, withoutPicture, screens } = gathering;
  const { participantId, cameraProducerId, screenProducerId } = person;
  const hadCamera = withPicture.has(participantId);
  people.set(participantId, person);
  // Adding an entry that is there keeps its place in the order.
  if (screenProducerId === null) screens.delete(participantId);
  else screens.add(participantId);
  const [from, to] = cameraProducerId === null
    ? [withPicture, withoutPicture]
    : [withoutPicture, withPicture];
  from.delete(participantId);
  to.add(participantId);
  return !hadCamera && cameraProducerId !== null;
}

export function noteLeft(
  { people, withPicture, withoutPicture, screens, spoke }: Gathering,
  id: string,
): void {
  people.delete(id);
  for (const list of [withPicture, withoutPicture, screens]) list.delete(id);
  const index = spoke.indexOf(id);
  if (index >= 0) spoke.splice(index, 1);
}

export function noteSpeaker({ spoke }: Gathering, participantId: string): void {
  const index = spoke.indexOf(participantId);
  if (index >= 0) spoke.splice(index, 1);
  spoke.unshift(participantId);
  spoke.length = Math.min(spoke.length, rememberedSpeakers);
}
