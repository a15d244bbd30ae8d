// Asks a question and shows the answer while it is written.
//
//   npm install && npm run ask -- "How do I reset my password?"
//
// API is the server's address, EMAIL and PASSWORD the customer's; without them a new one is made.

import { readAnswer, Refusal } from "./answer.js";

const api = process.env.API ?? "http://127.0.0.1:8080";
const question = process.argv[2];
if (!question) {
  throw new Error("what do you want to ask?");
}

async function call(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(api + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) {
    const told = `${answer.code}: ${answer.detail}`;
    // What passes is tried again where it can be.
    throw response.status === 429 || response.status >= 500 ? new Error(told) : new Refusal(told);
  }
  return answer;
}

const account = {
  email: process.env.EMAIL ?? `customer-${crypto.randomUUID()}@example.com`,
  password: process.env.PASSWORD ?? "correct horse battery",
};
if (!process.env.EMAIL) {
  await call("/auth/signup", account);
}
let tokens = await call("/auth/login", account);
let renewAt = Date.now() + (tokens.expires_in - 60) * 1_000;

// Renewed a minute before it expires. A refresh token works once.
async function token(): Promise<string> {
  if (Date.now() > renewAt) {
    tokens = await call("/auth/refresh", { refresh_token: tokens.refresh_token });
    renewAt = Date.now() + (tokens.expires_in - 60) * 1_000;
  }
  return tokens.access_token;
}

// The key makes a second copy of the request harmless, should the first one's answer be lost.
const ticket = await call(
  "/tickets",
  { title: question.slice(0, 120), description: question },
  { Authorization: `Bearer ${await token()}`, "Idempotency-Key": crypto.randomUUID() },
);

let printed = "";
for await (const { text, ending } of readAnswer(`${api}/tickets/${ticket.id}/ai-response`, token)) {
  process.stdout.write(
    text.startsWith(printed) ? text.slice(printed.length) : `\n--- once more ---\n${text}`,
  );
  printed = text;
  if (ending && ending.status !== "completed") {
    process.stdout.write(`\n${ending.status}: ${ending.error?.message ?? ""}`);
  }
  for (const { number, title, heading, url } of ending?.sources ?? []) {
    process.stdout.write(`\n[${number}] ${[title, heading, url].filter(Boolean).join(", ")}`);
  }
}
process.stdout.write("\n");
