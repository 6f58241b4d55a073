// Whether code runs inside of a renewal, so that a source of credentials that asks its own provider for
// a token is refused: it would wait for itself.

/** A renewal, and the one around it: a source may use another provider. */
export interface Frame {
  outer: Frame | undefined;
}

interface Storage {
  getStore(): Frame | undefined;
  run<R>(frame: Frame, body: () => R): R;
}

/** Where there is no AsyncLocalStorage: only until the source first waits. */
class SynchronousStorage implements Storage {
  #frame: Frame | undefined;

  getStore(): Frame | undefined {
    return this.#frame;
  }

  run<R>(frame: Frame, body: () => R): R {
    const before = this.#frame;
    this.#frame = frame;
    try {
      return body();
    } finally {
      this.#frame = before;
    }
  }
}

/** One for all providers, made when a provider needs it: it makes every promise of a process slower. */
let storage: Storage | undefined;

function current(): Storage {
  if (storage === undefined) {
    // Not an import, which bundlers for browsers could not follow.
    const { process } = globalThis as {
      process?: {
        getBuiltinModule?(name: string): { AsyncLocalStorage: new () => Storage } | undefined;
      };
    };
    const hooks = process?.getBuiltinModule?.("node:async_hooks");
    storage = hooks === undefined ? new SynchronousStorage() : new hooks.AsyncLocalStorage();
  }
  return storage;
}

export function run<R>(frame: Frame, body: () => R): R {
  frame.outer = current().getStore();
  return current().run(frame, body);
}

export function isInside(frame: Frame): boolean {
  for (let one = current().getStore(); one !== undefined; one = one.outer) {
    if (one === frame) return true;
  }
  return false;
}
