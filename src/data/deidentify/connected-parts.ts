/** A connected part of a mask: its box and how many pixels it has. */
export interface Part {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly area: number;
}

/** Parts of a mask of zeros and ones that hang together by sides or corners, from top to bottom. */
export function connectedParts(mask: Uint8Array, width: number): Part[] {
  const left = mask.slice();
  const parts: Part[] = [];
  for (let start = left.indexOf(1); start >= 0; start = left.indexOf(1, start + 1)) {
    parts.push(takePart(left, width, start));
  }
  return parts;
}

/** Floods one part, and takes it out of the mask. */
function takePart(mask: Uint8Array, width: number, start: number): Part {
  let [least, most, bottom, area] = [width, 0, 0, 0];
  const stack = [start];
  mask[start] = 0;
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const x = at % width;
    area++;
    least = Math.min(least, x);
    most = Math.max(most, x);
    bottom = Math.max(bottom, (at - x) / width);
    const [first, last] = [x > 0 ? -1 : 0, x < width - 1 ? 1 : 0];
    for (let row = at - width; row <= at + width; row += width) {
      for (let near = row + first; near <= row + last; near++) {
        if (mask[near] !== 1) continue;
        mask[near] = 0;
        stack.push(near);
      }
    }
  }
  // The flood starts at the part's first pixel in reading order, hence in its top row.
  const y = Math.floor(start / width);
  return { x: least, y, width: most - least + 1, height: bottom - y + 1, area };
}
