// Reads the answer to a ticket, in a browser, in Node.js and wherever else there is fetch.

import { EventSourceParserStream } from "eventsource-parser/stream";

/** How an answer ended. */
export interface Ending {
  status: "completed" | "incomplete" | "cancelled" | "failed";
  output_text: string;
  message_id?: string;
  sources?: { number: number; title: string; heading: string | null; url: string | null }[];
  error?: { code: string; message: string; retryable: boolean };
}

/** What to show in place of whatever was shown before. */
export interface Shown {
  text: string;
  ending?: Ending;
}

/** The server refused, and asking again would not help. */
export class Refusal extends Error {}

/** One event makes what to show out of what is shown; `undefined` changes nothing. */
function take(text: string, name: string | undefined, data: any): Shown | undefined {
  switch (name) {
    case "response.created":
    case "response.restarted":
      return { text: "" };
    case "response.output_text.delta":
      return { text: text + data.delta };
    case "response.snapshot":
      return { text: data.text };
    case "response.completed":
      return { text: data.response.output_text, ending: data.response };
    case "response.incomplete":
    case "response.cancelled":
    case "response.failed":
      return { text, ending: data.response };
    default: // more kinds may be added
      return undefined;
  }
}

/** Not even a heartbeat, which comes every 15 s: the connection is dead. */
const SILENCE_MS = 45_000;

/**
 * Yields what to show, again and again until the answer has ended. A connection that breaks is made
 * anew and continues where it broke.
 *
 * @param url   `…/tickets/{id}/ai-response`
 * @param token gives an access token that is good, renewing it when it has to
 */
export async function* readAnswer(
  url: string,
  token: () => Promise<string>,
): AsyncGenerator<Shown, void> {
  let text = "";
  let lastEventId = "";
  let pause = 1_500;
  for (;;) {
    const connection = new AbortController();
    const silence = new Alarm(SILENCE_MS, () => connection.abort());
    let wait: number | undefined;
    try {
      const response = await fetch(url, {
        headers: {
          Accept: "text/event-stream",
          Authorization: `Bearer ${await token()}`,
          ...(lastEventId && { "Last-Event-ID": lastEventId }),
        },
        cache: "no-store",
        signal: connection.signal,
      });
      if (response.status === 204) {
        return; // there is nothing, or nothing more
      }
      if (!response.ok) {
        wait = await millisecondsToWait(response);
        throw new Error("later");
      }
      const events = response
        .body!.pipeThrough(silence.putOffByEach())
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream({ onRetry: (retry) => (pause = retry) }))
        .getReader();
      for (;;) {
        const { done, value: event } = await events.read();
        if (done) {
          break;
        }
        const data = JSON.parse(event.data);
        const shown = take(text, event.event, data);
        if (shown) {
          text = shown.text;
          yield shown;
          if (shown.ending) {
            return;
          }
        }
        lastEventId = event.id || lastEventId;
        if (event.event === "stream.closing" && data.reason === "access_lost") {
          throw new Refusal("the session is over, or the ticket is not yours to see any more");
        }
      }
    } catch (error) {
      if (error instanceof Refusal) {
        throw error;
      }
      // The connection broke, or was never made.
    } finally {
      silence.stop();
      connection.abort();
    }
    // Not all readers at once, when a server comes back.
    const milliseconds = (wait ?? pause) * (1 + Math.random() / 2);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
  }
}

async function millisecondsToWait(response: Response): Promise<number> {
  if (response.status !== 429 && response.status < 500) {
    const problem = await response.json().catch(() => ({}));
    throw new Refusal(problem.detail ?? `the server answered ${response.status}`);
  }
  return 1_000 * (Number(response.headers.get("Retry-After")) || 2);
}

/** Goes off when it was not put off for so long. */
class Alarm {
  private timer: ReturnType<typeof setTimeout>;

  constructor(
    private milliseconds: number,
    private ring: () => void,
  ) {
    this.timer = setTimeout(ring, milliseconds);
  }

  putOffByEach() {
    return new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (chunk, onward) => {
        this.stop();
        this.timer = setTimeout(this.ring, this.milliseconds);
        onward.enqueue(chunk);
      },
    });
  }

  stop() {
    clearTimeout(this.timer);
  }
}
