/** Colours are told apart by the colour-blind (Okabe and Ito 2008); dashes and marks tell series apart without colour. */
const COLOURS = 8;
const DASHES: readonly string[] = ['', '7 3', '2 3', '9 3 2 3', '5 5', '12 4', '3 2 8 2', '1 4'];

/** The class that gives a series its colour, as the current colour. */
export const seriesColour = (position: number): string => `m${position % COLOURS}`;

/** Dash pattern of a line; the first eight have colours of their own, later ones other dashes. */
export const seriesDash = (position: number): string => DASHES[Math.floor(position / COLOURS) % DASHES.length] ?? '';
