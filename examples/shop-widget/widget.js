// A shop's support desk: what speaks to the server, what listens to answers, what is seen.

const support = document.querySelector('#support');
const API = support.dataset.api.replace(/\/$/, '');
const find = (selector, within = support) => within.querySelector(selector);

// --- Speaking to the server ---------------------------------------------------------------------

// Kept in memory alone: who can read a page's storage cannot take the session from there.
let access, refresh, renewing;

class Refusal extends Error {
  constructor(problem, status) {
    const wrong = problem.errors?.map(({ field, message }) => `${field} ${message}`).join('; ');
    super(wrong || problem.detail || `The server answered ${status}.`);
    this.code = problem.code;
    this.passes = status === 429 || status >= 500;
  }
}

function send(method, path, body, headers) {
  return fetch(API + path, {
    method,
    headers: {
      Accept: 'application/json',
      ...(body && { 'Content-Type': 'application/json' }),
      ...(access && { Authorization: `Bearer ${access}` }),
      ...headers,
    },
    body: body && JSON.stringify(body),
  });
}

async function read(response) {
  if (!response.ok) {
    throw new Refusal(await response.json().catch(() => ({})), response.status);
  }
  return response.status === 204 ? null : response.json();
}

// Access tokens are good for minutes; the next one is asked for when the server wants it.
async function call(method, path, body, headers) {
  const used = access;
  const response = await send(method, path, body, headers);
  if (response.status !== 401 || !used) {
    return read(response);
  }
  if (access === used) {
    await renew();
  }
  return read(await send(method, path, body, headers));
}

// A refresh token works once, so everybody waits for the one renewal.
function renew() {
  renewing ??= signIn('/auth/refresh', { refresh_token: refresh })
    .catch((error) => {
      if (error instanceof Refusal && !error.passes) {
        access = refresh = undefined;
        show('#account');
      }
      throw error;
    })
    .finally(() => (renewing = undefined));
  return renewing;
}

async function signIn(path, body) {
  const pair = await read(await send('POST', path, body));
  access = pair.access_token;
  refresh = pair.refresh_token;
}

// The same click may be sent twice, when its first answer was lost, and is done once: the key stays
// with the form until something else is typed or it has worked.
async function submitOnce(form, path, body) {
  form.dataset.key ||= crypto.randomUUID();
  const made = await call('POST', path, body, { 'Idempotency-Key': form.dataset.key });
  form.reset();
  delete form.dataset.key;
  return made;
}

// --- Listening to an answer ---------------------------------------------------------------------

const PATIENCE = 5;
let ticket, current;

class Answer {
  text = '';
  lastId = '';
  failures = 0; // in a row
  bubble = addBubble('assistant', 'Assistant');

  constructor() {
    current?.leave();
    current = this;
    find('.stop', this.bubble).onclick = guarded(() => call('POST', this.path('/cancel')));
  }

  path(action = '') {
    return `/tickets/${ticket.id}/ai-response${action}`;
  }

  leave() {
    this.source?.close();
    this.left = true;
    this.bubble.dataset.state = 'ended';
    find('.stop', this.bubble).hidden = true;
  }

  // EventSource sends no headers, so a token goes into the address, a new one for each connection
  // that it does not make by itself.
  async listen() {
    this.state('writing');
    try {
      const { token } = await call('POST', `/tickets/${ticket.id}/stream-token`);
      if (!this.left) {
        this.open(token);
      }
    } catch (error) {
      await this.comeBack(error);
    }
  }

  open(token) {
    const query = new URLSearchParams({ stream_token: token });
    if (this.lastId) {
      query.set('last_event_id', this.lastId);
    }
    this.source = new EventSource(`${API}${this.path()}?${query}`);
    const on = (name, handle) =>
      this.source.addEventListener(name, (event) => {
        this.lastId = event.lastEventId || this.lastId;
        handle(JSON.parse(event.data));
      });
    on('response.created', () => this.write(''));
    on('response.output_text.delta', ({ delta }) => this.write(this.text + delta));
    on('response.snapshot', ({ text }) => this.write(text));
    on('response.restarted', () => this.write(''));
    for (const end of ['completed', 'incomplete', 'cancelled', 'failed']) {
      on(`response.${end}`, ({ response }) => this.end(response));
    }
    on('stream.closing', ({ reason }) => {
      if (reason === 'access_lost') {
        this.giveUp('You cannot read this conversation any more.');
      } else {
        this.state('waiting', 'One moment, we are reconnecting…');
      }
    });
    // Lost connections come back by themselves, with the last event's id. Refusals do not.
    this.source.onerror = guarded(async () => {
      if (this.source.readyState === EventSource.CLOSED) {
        await this.comeBack();
      } else {
        this.state('waiting', 'The connection was lost, we are reconnecting…');
      }
    });
  }

  // EventSource does not say why it was refused; the answer's state does.
  async comeBack(error) {
    if (error instanceof Refusal && !error.passes) {
      return this.giveUp(error.message, () => this.listen());
    }
    this.failures += 1;
    if (this.failures > PATIENCE) {
      return this.giveUp('There is no answer right now.', () => this.listen());
    }
    this.state('waiting', 'One moment, we are reconnecting…');
    await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** this.failures));
    try {
      const reply = await call('GET', this.path());
      if (this.left) {
        return;
      }
      if (['completed', 'incomplete', 'cancelled', 'failed'].includes(reply.status)) {
        return this.end(reply);
      }
      await refreshTicket();
    } catch (again) {
      return this.comeBack(again);
    }
    return ticket.assistant_enabled && !this.left ? this.listen() : this.giveUp('');
  }

  end(reply) {
    this.write(reply.output_text);
    this.state('ended', {
      incomplete: 'The answer was cut off here.',
      cancelled: 'The answer was stopped.',
      failed: reply.error?.message,
    }[reply.status]);
    this.source?.close();
    showSources(this.bubble, reply.sources);
    if (reply.message_id) {
      offerRating(this.bubble, reply.message_id, null);
    }
    if (reply.status === 'failed' || reply.reason === 'user') {
      this.offerAgain(() => this.retry());
    }
    // The assistant hands over by itself when it knows no answer.
    guarded(refreshTicket)();
  }

  async retry() {
    this.lastId = '';
    this.write('');
    await call('POST', this.path('/retry'));
    await this.listen();
  }

  giveUp(note, again) {
    if (this.left) {
      return;
    }
    this.source?.close();
    this.state('ended', note);
    if (again) {
      this.offerAgain(again);
    }
    showWhoAnswers();
  }

  offerAgain(again) {
    const button = find('.again', this.bubble);
    button.hidden = false;
    button.onclick = guarded(again);
  }

  write(text) {
    this.text = text;
    this.failures = 0;
    find('.text', this.bubble).textContent = text;
    this.state('writing');
    follow();
  }

  state(name, note = '') {
    this.bubble.dataset.state = name;
    find('.note', this.bubble).textContent = note;
    find('.note', this.bubble).hidden = !note;
    find('.stop', this.bubble).hidden = name !== 'writing';
    find('.again', this.bubble).hidden = true;
  }
}

// --- What is seen -------------------------------------------------------------------------------

function show(part) {
  for (const each of ['#account', '#question', '#talk']) {
    find(each).hidden = each !== part;
  }
}

// Whatever goes wrong is said above the conversation, once.
function guarded(work) {
  return async (event) => {
    find('#problem').hidden = true;
    try {
      await work(event);
    } catch (error) {
      const offline = error instanceof TypeError;
      find('#problem').textContent = offline ? 'We cannot be reached right now.' : error.message;
      find('#problem').hidden = false;
    }
  };
}

function onSubmit(selector, work) {
  const form = find(selector);
  form.addEventListener('input', () => delete form.dataset.key);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const buttons = form.querySelectorAll('button');
    buttons.forEach((button) => (button.disabled = true));
    const done = () => buttons.forEach((button) => (button.disabled = false));
    guarded(() => work(form, new FormData(form), event.submitter?.value))().finally(done);
  });
}

function addBubble(kind, who, text = '') {
  const bubble = document.querySelector('#bubble').content.firstElementChild.cloneNode(true);
  bubble.classList.add(kind);
  find('.who', bubble).textContent = who;
  find('.text', bubble).textContent = text;
  find('#bubbles').append(bubble);
  follow();
  return bubble;
}

function follow() {
  find('#bubbles').scrollTop = find('#bubbles').scrollHeight;
}

function showSources(bubble, sources) {
  const list = find('.sources', bubble);
  // Several passages may come from one article.
  list.replaceChildren();
  const articles = new Map(sources.map((source) => [source.article_id, source]));
  for (const { title, url } of articles.values()) {
    const name = document.createElement(/^https?:/.test(url ?? '') ? 'a' : 'span');
    name.textContent = title;
    name.href = url;
    const item = document.createElement('li');
    item.append(name);
    list.append(item);
  }
  list.hidden = sources.length === 0;
}

function offerRating(bubble, message, given) {
  const buttons = ['up', 'down'].map((rating) => [rating, find(`.${rating}`, bubble)]);
  const mark = (given) =>
    buttons.forEach(([rating, button]) => button.setAttribute('aria-pressed', rating === given));
  for (const [rating, button] of buttons) {
    button.hidden = false;
    button.onclick = guarded(async () => {
      await call('PUT', `/tickets/${ticket.id}/messages/${message}/feedback`, { rating });
      mark(rating);
    });
  }
  mark(given);
}

function showWhoAnswers() {
  find('#person').hidden = ticket.assistant_enabled;
  find('#handoff').hidden = !ticket.assistant_enabled;
  follow();
}

async function refreshTicket() {
  const fresh = await call('GET', `/tickets/${ticket.id}`);
  ticket = fresh.id === ticket.id ? fresh : ticket;
  showWhoAnswers();
}

const WRITERS = { customer: 'You', assistant: 'Assistant', agent: 'Fern & Pine' };

// Shows the whole conversation, and the answer to its last message when that is the customer's.
async function openTicket(id) {
  current?.leave();
  ticket = await call('GET', `/tickets/${id}`);
  show('#talk');
  showWhoAnswers();
  find('#bubbles').replaceChildren();
  addBubble('customer', ticket.title, ticket.description);
  for (const message of ticket.messages) {
    const bubble = addBubble(message.author, WRITERS[message.author], message.content);
    if (message.is_ai) {
      offerRating(bubble, message.id, message.feedback?.rating);
    }
  }
  if ((ticket.messages.at(-1)?.author ?? 'customer') === 'customer' && ticket.assistant_enabled) {
    new Answer().listen();
  }
}

onSubmit('#account', async (_form, data, wish) => {
  const body = { email: data.get('email'), password: data.get('password') };
  if (wish === 'sign-up') {
    await call('POST', '/auth/signup', body);
  }
  await signIn('/auth/login', body);
  const { items: [last] } = await call('GET', '/tickets?limit=1');
  await (last && last.status !== 'closed' ? openTicket(last.id) : show('#question'));
});

onSubmit('#question', async (form, data) => {
  const body = { title: data.get('title'), description: data.get('description') };
  await openTicket((await submitOnce(form, '/tickets', body)).id);
});

onSubmit('#message', async (form, data) => {
  const content = data.get('content');
  await submitOnce(form, `/tickets/${ticket.id}/messages`, { content });
  addBubble('customer', 'You', content);
  if (ticket.assistant_enabled) {
    new Answer().listen();
  }
});

find('#handoff').onclick = guarded(async () => {
  ticket = await call('POST', `/tickets/${ticket.id}/handoff`);
  showWhoAnswers();
});

find('#another').onclick = () => {
  current?.leave();
  show('#question');
};

// People take their time; the server tells by the version that something was said.
setInterval(async () => {
  if (ticket?.assistant_enabled === false && !find('#talk').hidden && !document.hidden) {
    const fresh = await call('GET', `/tickets/${ticket.id}`).catch(() => ticket);
    if (fresh.id === ticket.id && fresh.version !== ticket.version) {
      await guarded(() => openTicket(fresh.id))();
    }
  }
}, 15_000);
