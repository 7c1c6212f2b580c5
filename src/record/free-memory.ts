type Transferable = ArrayBufferLike & { transfer?(length: number): unknown };

/** Whether nothing else is in the memory of these bytes. */
export function ownsItsMemory(bytes: Uint8Array): boolean {
  return bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength;
}

/**
 * Gives the memory of bytes back at once, where they have one of their own; they are empty then. V8 counts what
 * ArrayBuffers hold, and for every few MiB of them marks all of its heap to see which are no longer needed.
 * Node 20 has no way to do this.
 */
export function freeMemory(bytes: Uint8Array): void {
  // What is empty may have been given back before, and throws then.
  if (bytes.byteLength === 0 || !ownsItsMemory(bytes)) return;
  (bytes.buffer as Transferable).transfer?.(0);
}
