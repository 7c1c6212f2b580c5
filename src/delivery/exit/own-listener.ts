import { EventEmitter } from 'node:events';

// As Node has them: `tsx` replaces those of `process`, to hide a listener of its own.
const { listenerCount, rawListeners } = EventEmitter.prototype;

const added = new Set<OwnListener>();

/** On the listeners of all copies of this package, which would make way for each other without end. */
const OWN = Symbol.for('readme-metrics-opentelemetry.own-listener');
/** So often a listener is moved, should a runtime not say where it stands. */
const MOST_MOVES = 1000;

function isOwn(listener: unknown): boolean {
  return (listener as { readonly [OWN]?: true })[OWN] === true;
}

/** Emitted before the new listener is there. */
function onNewListener(event: string | symbol): void {
  for (const own of added) if (own.event === event) own.makeWay();
}

/**
 * A listener on `process` that is always the first or the last to be called, however the application adds and
 * prepends its own. The limit at which Node warns of too many listeners does not count it.
 */
export class OwnListener {
  readonly event: string;
  readonly #place: 'first' | 'last';
  readonly #listener: () => void;
  #isMoving = false;
  #willBeMoved = false;
  #moves = 0;

  constructor(event: string, place: 'first' | 'last', listener: () => void) {
    this.event = event;
    this.#place = place;
    this.#listener = Object.defineProperty(listener, OWN, { value: true });
  }

  /** How many listeners the event has beside those of this package. */
  get others(): number {
    return this.#inOrder.filter((listener) => !isOwn(listener)).length;
  }

  add(): void {
    if (added.size === 0) process.on('newListener', onNewListener);
    added.add(this);
    if (!this.#isInPlace) this.#insert();
  }

  remove(): void {
    added.delete(this);
    process.removeListener(this.event, this.#listener);
    if (added.size === 0) process.removeListener('newListener', onNewListener);
  }

  /** A listener of the application is about to be added. */
  makeWay(): void {
    if (this.#isMoving || this.#moves >= MOST_MOVES) return;
    // Without this one, the application's is not one too many.
    if (isFull(this.event)) process.removeListener(this.event, this.#listener);
    if (this.#willBeMoved) return;
    this.#willBeMoved = true;
    // What is emitted in a turn of its own finds the listener in its place again.
    queueMicrotask(() => {
      this.#willBeMoved = false;
      if (added.has(this) && !this.#isInPlace) this.#insert();
    });
  }

  get #inOrder(): unknown[] {
    return Reflect.apply(rawListeners, process, [this.event]);
  }

  get #isInPlace(): boolean {
    const order = this.#inOrder;
    const index = order.indexOf(this.#listener);
    if (index < 0) return false;
    return (this.#place === 'first' ? order.slice(0, index) : order.slice(index)).every(isOwn);
  }

  #insert(): void {
    this.#moves++;
    this.#isMoving = true;
    process.removeListener(this.event, this.#listener);
    withoutLimit(this.event, () => {
      const emitter: NodeJS.EventEmitter = process;
      if (this.#place === 'first') emitter.prependListener(this.event, this.#listener);
      else emitter.on(this.event, this.#listener);
    });
    this.#isMoving = false;
  }
}

/** Whether Node warns when one more is added. */
function isFull(event: string): boolean {
  const most = process.getMaxListeners();
  return most > 0 && Reflect.apply(listenerCount, process, [event]) >= most;
}

function withoutLimit(event: string, add: () => void): void {
  if (!isFull(event)) {
    add();
    return;
  }
  // `setMaxListeners` cannot undo itself: where no limit was set, `events.defaultMaxListeners` holds.
  const limit = Object.getOwnPropertyDescriptor(process, '_maxListeners');
  process.setMaxListeners(0);
  add();
  if (limit === undefined) Reflect.deleteProperty(process, '_maxListeners');
  else Object.defineProperty(process, '_maxListeners', limit);
}
