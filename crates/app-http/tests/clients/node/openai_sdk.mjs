// The OpenAI SDK's reader of streams. It tells nothing of ids, and accepts JSON even where a stream
// is wanted, so the address says what is.

import { readAll, require, Shown } from './reading.mjs';

const { OpenAI } = require('openai');

await readAll(async ({ base_url, path, token }) => {
  const shown = new Shown();
  const client = new OpenAI({ baseURL: base_url, apiKey: token, maxRetries: 0 });
  for await (const event of await client.get(`${path}?stream=true`, { stream: true })) {
    shown.take(event.type, JSON.stringify(event), null);
  }
  return shown.stoppedBy('end');
});
