// The package eventsource.

import { EVENTS, readAll, require, Shown } from './reading.mjs';

const { EventSource } = require('eventsource');

await readAll(
  ({ url, token }) =>
    new Promise((resolve, reject) => {
      const shown = new Shown();
      const source = new EventSource(url, {
        fetch: (input, init) =>
          fetch(input, {
            ...init,
            headers: { ...init.headers, Authorization: `Bearer ${token}` },
          }),
      });
      for (const name of EVENTS) {
        source.addEventListener(name, (event) => {
          try {
            shown.take(name, event.data, event.lastEventId);
          } catch (error) {
            reject(error);
          }
        });
      }
      source.onerror = () => {
        if (source.readyState === EventSource.CLOSED) {
          resolve(shown.stoppedBy('closed'));
        }
      };
    }),
);
