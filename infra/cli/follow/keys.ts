import type { Io } from '../io.ts';

const CTRL_C = '\u0003';

/** Reads single keys from a terminal until it is disposed of, which gives the terminal back as it was. */
export function readKeys(io: Io, actions: Readonly<Record<string, () => void>>): Disposable {
  const { stdin } = io;
  const onData = (bytes: Buffer | string) => {
    for (const key of bytes.toString()) {
      if (key === CTRL_C) io.interrupt();
      else actions[key.toLowerCase()]?.();
    }
  };
  stdin.setRawMode?.(true);
  stdin.on('data', onData).resume();
  return {
    [Symbol.dispose]() {
      stdin.off('data', onData);
      stdin.setRawMode?.(false);
      stdin.pause();
    },
  };
}
