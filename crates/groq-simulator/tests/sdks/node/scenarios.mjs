// Plays scenarios with Groq's SDK for JavaScript: all of them at once, each against a simulator of
// its own. They come as JSON on standard input; what the SDK made of each goes out as one JSON
// array.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

// The package is installed in the current folder, not beside the script.
const { Groq } = createRequire(`${process.cwd()}/`)('groq-sdk');

const messages = [{ role: 'user', content: 'Hello' }];

async function stream(client, model, told, more = {}) {
  const chunks = await client.chat.completions.create({ model, messages, stream: true, ...more });
  for await (const chunk of chunks) {
    told.chunks += 1;
    for (const choice of chunk.choices ?? []) {
      told.text += choice.delta.content ?? '';
      told.finish_reason = choice.finish_reason ?? told.finish_reason;
    }
    told.total_tokens = chunk.usage?.total_tokens ?? told.total_tokens;
    told.service_tier = chunk.service_tier ?? null;
  }
}

const ASK = {
  stream,

  'stream with usage': (client, model, told) =>
    stream(client, model, told, { stream_options: { include_usage: true } }),

  'stream asynchronously': stream,

  async complete(client, model, told) {
    const completion = await client.chat.completions.create({ model, messages });
    told.text = completion.choices[0].message.content;
    told.finish_reason = completion.choices[0].finish_reason;
    told.total_tokens = completion.usage.total_tokens;
  },

  async models(client, _model, told) {
    told.models = (await client.models.list()).data.map((model) => model.id);
  },
};

async function play({ name, base_url, ask, model, timeout }) {
  const told = {
    name,
    text: '',
    chunks: 0,
    finish_reason: null,
    total_tokens: null,
    service_tier: null,
    models: [],
    error: null,
  };
  const options = { apiKey: 'gsk_test', baseURL: base_url };
  if (timeout !== null) options.timeout = timeout * 1000;
  try {
    await ASK[ask](new Groq(options), model, told);
  } catch (error) {
    const kind = error.constructor;
    const of_groq = Object.values(Groq).includes(kind);
    told.error = {
      kind: of_groq ? `groq.${kind.name}` : kind.name,
      status: error.status ?? null,
      message: error.message,
      body: error.error ?? null,
      cause: error.cause?.code ?? null,
    };
  }
  return told;
}

const scenarios = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(await Promise.all(scenarios.map(play))));
