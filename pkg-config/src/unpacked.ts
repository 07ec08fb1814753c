import { Buffer } from "node:buffer";
import { brotliDecompressSync } from "node:zlib";

/** @internal The bytes of a text in base 64 that were packed with brotli. */
export function unpacked(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(brotliDecompressSync(Buffer.from(text, "base64")));
}
