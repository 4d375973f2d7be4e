export interface Box {
  widthPx: number;
  heightPx: number;
}

/** A box and what is to be shown in it. */
export interface ArrangementInput extends Box {
  /** Tiles, the stage not counted. */
  count: number;
  hasStage: boolean;
}

/** Where the tiles of a stage and a grid go: the tracks of a CSS grid, in which a tile spans two columns. */
export interface Arrangement {
  gridTemplateColumns: string;
  gridTemplateRows: string;
  stage: "none" | "beside" | "above";
  /** So many half tiles are left free before the last row, so that it is centred. */
  lastRowOffset: number;
  lastRowLength: number;
  /** What the picture in a tile measures, the stage not counted. */
  tile: Box;
  /** The same of the stage, whether or not there is one. */
  stageBox: Box;
}

/** A stage is three times as wide as the tiles beside it, and at most twice as high as those below it. */
const BESIDE = 3;
const ABOVE = 2;

/** A picture of 16:9 may lose its sides down to this shape, and nothing above a head. */
const NARROWEST = 4 / 3;

/** A tile that is narrower than this, by its height, shows too little of a picture's sides: it is worth less. */
const TALLEST = 4 / 5;

/** A picture of 16:9 as wide as its tile. A higher tile costs its sides, and not so much that it needs another layer. */
function pictureOf(widthPx: number): Box {
  return { widthPx, heightPx: widthPx * 9 / 16 };
}

/** Columns that show heads the largest: of a tile counts the height that a picture can fill. Ties leave fewest gaps. */
export function columnsFor(count: number, widthPx: number, heightPx: number): number {
  const choices = Array.from({ length: Math.max(1, count) }, (_, index) => {
    const columns = index + 1;
    const rows = Math.max(1, Math.ceil(count / columns));
    const [width, height] = [widthPx / columns, heightPx / rows];
    const worth = Math.min(height, width / NARROWEST) * Math.min(1, width / height / TALLEST);
    return { columns, worth, gaps: columns * rows - count };
  });
  choices.sort((a, b) => b.worth - a.worth || a.gaps - b.gaps);
  return choices[0]?.columns ?? 1;
}

function tracks(count: number): string {
  return `repeat(${count}, minmax(0, 1fr))`;
}

/** A stage has the tiles to its right in a wide box, and below it in a tall one. */
export function arrange({ count, hasStage, widthPx, heightPx }: ArrangementInput): Arrangement {
  const stage = !hasStage || count === 0 ? "none" : widthPx > heightPx ? "beside" : "above";
  const width = stage === "beside" ? widthPx / (BESIDE + 1) : widthPx;
  const stageHeight = Math.min(heightPx * ABOVE / (ABOVE + 1), widthPx / NARROWEST);
  const height = stage === "above" ? heightPx - stageHeight : heightPx;
  const shown = hasStage && count === 0 ? 1 : count;
  const columns = columnsFor(shown, width, height);
  const rows = Math.max(1, Math.ceil(shown / columns));
  const lastRowLength = shown - (rows - 1) * columns;
  const halves = tracks(columns * 2);
  return {
    gridTemplateColumns: stage === "beside" ? `minmax(0, ${BESIDE * columns * 2}fr) ${halves}` : halves,
    gridTemplateRows: stage === "above" ? `${Math.round(stageHeight)}px ${tracks(rows)}` : tracks(rows),
    stage,
    lastRowOffset: rows === 1 ? 0 : columns - lastRowLength,
    lastRowLength,
    tile: pictureOf(width / columns),
    stageBox: pictureOf(stage === "beside" ? widthPx - width : widthPx),
  };
}
