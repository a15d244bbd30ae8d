// Plays scenarios with Groq's SDK for JavaScript: all of them at once, each against a simulator of
// its own. They come as JSON on standard input; one line of JSON per scenario goes out.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

// The package is installed in the current folder, not beside the script.
const { Groq } = createRequire(`${process.cwd()}/`)('groq-sdk');

const messages = [{ role: 'user', content: 'Hello' }];

const ASK = {
  async stream(client, model, told) {
    const chunks = await client.chat.completions.create({ model, messages, stream: true });
    for await (const chunk of chunks) {
      for (const choice of chunk.choices) {
        told.text += choice.delta.content ?? '';
        told.finish_reason = choice.finish_reason ?? told.finish_reason;
      }
      told.total_tokens = chunk.usage?.total_tokens ?? told.total_tokens;
    }
  },

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

async function play({ name, base_url, ask, model }) {
  const told = {
    name,
    text: '',
    finish_reason: null,
    total_tokens: null,
    models: [],
    error: null,
  };
  const started = performance.now();
  try {
    const client = new Groq({ apiKey: 'gsk_test', baseURL: base_url });
    await ASK[ask](client, model, told);
  } catch (error) {
    const kind = error.constructor;
    const of_groq = Object.values(Groq).includes(kind);
    told.error = {
      kind: of_groq ? `groq.${kind.name}` : kind.name,
      status: error.status ?? null,
      message: error.message,
      body: error.error ?? null,
    };
  }
  told.seconds = (performance.now() - started) / 1000;
  return told;
}

const scenarios = JSON.parse(readFileSync(0, 'utf8'));
for (const told of await Promise.all(scenarios.map(play))) {
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
