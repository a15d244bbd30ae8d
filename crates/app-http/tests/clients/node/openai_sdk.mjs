// The OpenAI SDK's reader of streams. It tells nothing of ids, and left to itself, it asks for JSON
// even where a stream is wanted.

import { readAll, require, Shown } from './reading.mjs';

const { OpenAI } = require('openai');

await readAll(async ({ base_url, path, token }) => {
  const shown = new Shown();
  const client = new OpenAI({ baseURL: base_url, apiKey: token, maxRetries: 0 });
  const options = { stream: true, headers: { Accept: 'text/event-stream' } };
  for await (const event of await client.get(path, options)) {
    shown.take(event.type, JSON.stringify(event), null);
  }
  return shown.stoppedBy('end');
});
