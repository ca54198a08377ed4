import type { ReadPart } from './reading-message.ts';

/** Makes whole images of those that come in pieces, message by message. */
export function createPieceJoiner(): (pieces: readonly ReadPart[]) => ReadPart[] {
  let open: { readonly image: ReadPart; filled: number } | undefined;
  const join = (piece: ReadPart): ReadPart[] => {
    const length = piece.shape.reduce((product, side) => product * side, 1);
    if (!open && piece.values.length === length) return [piece];
    open ??= { image: { ...piece, values: new Float32Array(length) }, filled: 0 };
    open.image.values.set(piece.values, open.filled);
    open.filled += piece.values.length;
    if (open.filled < length) return [];
    const { image } = open;
    open = undefined;
    return [image];
  };
  return (pieces) => pieces.flatMap(join);
}
