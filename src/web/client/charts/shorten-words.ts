/** A name that has room for so many letters; where it is cut, an ellipsis says so. */
export const shortenWords = (name: string, letters: number): string =>
  name.length <= letters ? name : `${name.slice(0, letters - 1).trimEnd()}…`;
