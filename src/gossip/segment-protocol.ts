/**
 * Blobs by CID over one stream. Request: a CID in a frame. Response: a frame with a status byte and, if it is FOUND, the bytes.
 * Pipelined, in order. A frame is an unsigned varint length and that many bytes.
 */
export const SEGMENT_PROTOCOL = '/consilium/segment/1';

export const STATUS_ABSENT = 0;
export const STATUS_FOUND = 1;

/** A CID with a SHA-256 takes 36 bytes. */
export const MAXIMUM_REQUEST_BYTES = 64;
/** Wants on one stream: bounds what one stream can make a peer read from disk. */
export const MAXIMUM_WANTS = 4096;
