// What all of the JavaScript clients' scripts share: they are told what to read by one argument,
// say on standard error what they show after each event, and in the end all of it on standard
// output, as JSON.

import { createRequire } from 'node:module';

// The packages are installed in the current folder, not beside the scripts.
export const require = createRequire(`${process.cwd()}/`);

// An `EventSource` hears only of names that it listens to; `message` is for events without one.
export const EVENTS = [
  'message',
  'response.created',
  'response.snapshot',
  'response.output_text.delta',
  'response.restarted',
  'response.completed',
  'response.incomplete',
  'response.cancelled',
  'response.failed',
  'stream.closing',
];

export class Shown {
  text = '';
  events = [];
  last_id = null;
  stored_text = null;

  take(name, data, id) {
    const event = JSON.parse(data);
    if (event.type !== name) {
      throw new Error(`${name} carries ${data}`);
    }
    if (name === 'response.output_text.delta') {
      this.text += event.delta;
    } else if (name === 'response.snapshot') {
      this.text = event.text;
    } else if (name === 'response.restarted') {
      this.text = '';
    } else if (name === 'response.completed') {
      this.stored_text = event.response.output_text;
    }
    this.events.push(name);
    this.last_id = id;
    process.stderr.write(`${JSON.stringify({ shown: this.text })}\n`);
  }

  stoppedBy(reason) {
    return { ...this, stopped_by: reason };
  }
}

// Reads one stream after the other; `read` gives what it has shown.
export async function readAll(read) {
  const { base_url, readings } = JSON.parse(process.argv[2]);
  const told = [];
  for (const { path, token } of readings) {
    told.push(await read({ base_url, path, url: base_url + path, token }));
  }
  process.stdout.write(JSON.stringify(told));
}
