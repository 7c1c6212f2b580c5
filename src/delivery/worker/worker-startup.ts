/** Waits for a worker thread to listen, or for it to be known that there will be none. */
export class WorkerStartup {
  #onKnown: (() => void) | undefined;

  /** To be called when it is known. */
  known(): void {
    this.#onKnown?.();
  }

  async within(millis: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, millis);
      this.#onKnown = resolve;
    });
    clearTimeout(timer);
    this.#onKnown = undefined;
  }
}
