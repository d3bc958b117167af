import { snippets } from './snippets.js';

const at = (id) => document.getElementById(id);
const EVERY_MS = 1000, ROWS = 60, VALUE_LENGTH = 120;
const shown = new Set();
let cursor = null, project = null;

async function ask(path, options) {
  const answer = await fetch(path, { credentials: 'same-origin', ...options });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw Object.assign(new Error(problem.detail || problem.title || `${path} answered ${answer.status}`), { status: answer.status });
  }
  return answer.json();
}

function say(problem) {
  at('problem').textContent = problem ?? '';
  at('problem').hidden = !problem;
}

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text != null) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function showSnippets() {
  const place = { origin: location.origin, host: location.host, protocol: location.protocol.slice(0, -1), tokens: project.tokens };
  const tabs = document.querySelector('.tabs');
  // The chosen SDK is part of the address, so that a colleague can be sent to it.
  const choose = (index, push) => {
    [...tabs.children].forEach((tab, i) => { tab.setAttribute('aria-selected', i === index); tab.tabIndex = i === index ? 0 : -1; });
    at('snippet').textContent = snippets[index].code(place);
    const after = snippets[index].sendsAfter;
    at('sends-after').textContent = after ? `This SDK gathers events and sends them after ${after}; they show here at once.` : 'It sends at once; events show here within two seconds.';
    if (push) history.replaceState(null, '', `?sdk=${encodeURIComponent(snippets[index].name)}`);
  };
  snippets.forEach((snippet, index) => {
    const tab = element('button', snippet.name, { type: 'button', role: 'tab' });
    tab.addEventListener('click', () => choose(index, true));
    tab.addEventListener('keydown', (press) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[press.key];
      if (!step) return;
      const next = (index + step + snippets.length) % snippets.length;
      choose(next, true);
      tabs.children[next].focus();
    });
    tabs.append(tab);
  });
  const wanted = new URLSearchParams(location.search).get('sdk');
  choose(Math.max(0, snippets.findIndex((snippet) => snippet.name === wanted)), false);
  at('copy').addEventListener('click', async () => {
    await navigator.clipboard.writeText(at('snippet').textContent);
    at('copy').textContent = 'Copied';
    setTimeout(() => { at('copy').textContent = 'Copy'; }, 1500);
  });
  for (const [label, value] of [['Mixpanel token', project.tokens.mixpanel], ['Amplitude API key', project.tokens.amplitude], ['Segment write key', project.tokens.segment]]) {
    const cell = element('dd');
    cell.append(element('code', value));
    at('tokens').append(element('dt', label), cell);
  }
}

// A narrow screen shows a row as a block, whose cells say what they are by their class.
function row(one) {
  const line = element('tr', null, { class: 'new' });
  const when = new Date(one.received_at);
  line.append(
    element('td', when.toLocaleTimeString(), { class: 'when', title: `happened ${new Date(one.time).toLocaleString()}` }),
    element('td', shorten(one.event), { class: 'event' }), element('td', shorten(one.person ?? one.user_id ?? one.distinct_id ?? one.device_id ?? '—'), { class: 'who' }),
    element('td', one.sdk ?? one.dialect ?? '', { class: 'sdk' }),
    element('td', Object.entries(one.properties ?? {}).slice(0, 6).map(([name, value]) => `${name}: ${shorten(typeof value === 'object' ? JSON.stringify(value) : String(value))}`).join('  ·  '), { class: 'properties' }));
  return line;
}

function shorten(text) {
  const characters = [...text.slice(0, 2 * VALUE_LENGTH)];
  return characters.length > VALUE_LENGTH || text.length > 2 * VALUE_LENGTH ? `${characters.slice(0, VALUE_LENGTH).join('')}…` : text;
}

function showEvents(events) {
  const body = at('events');
  for (const one of [...events].reverse()) {
    if (shown.has(one.item_id)) continue;
    shown.add(one.item_id);
    body.prepend(row(one));
  }
  while (body.children.length > ROWS) body.lastElementChild.remove();
  at('feed').hidden = shown.size === 0;
  at('empty').hidden = shown.size > 0 || !at('progress').hidden;
}

function showLastHour({ total, per_minute: counts }) {
  at('count').textContent = total.toLocaleString();
  const most = Math.max(1, ...counts);
  at('bars').replaceChildren(...counts.map((count, index) => {
    const bar = element('i', null, { title: `${counts.length - 1 - index} min ago: ${count}` });
    bar.style.height = `${(100 * count) / most}%`;
    return bar;
  }));
  at('bars').setAttribute('aria-label', `Events per minute over the last hour, ${total} in all`);
}

async function refresh() {
  const [live, hour] = await Promise.all([
    ask(`/api/v1/live?limit=${ROWS}${cursor ? `&after=${encodeURIComponent(cursor)}` : ''}`),
    ask('/api/v1/live/last-hour'),
  ]);
  cursor = live.cursor ?? cursor;
  showEvents(live.events);
  showLastHour(hour);
  at('freshness').textContent = 'live';
  at('freshness').className = 'pill ok';
  say(null);
}

// One refresh at a time; a hidden page asks nothing.
async function keepFresh() {
  for (;;) {
    if (!document.hidden) {
      try { await refresh(); } catch (error) {
        if (error.status === 401) return showSignedOut();
        at('freshness').textContent = 'no answer';
        at('freshness').className = 'pill';
        say(`The server does not answer: ${error.message}. Trying again.`);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

async function sendTest() {
  const body = [{ event: 'Test Event', properties: { token: project.tokens.mixpanel, distinct_id: 'me', $insert_id: crypto.randomUUID(), from: 'first page' } }];
  await ask('/track?verbose=1', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

async function fillDemo() {
  at('empty').hidden = true;
  at('progress').hidden = false;
  const answer = await fetch('/api/v1/demo', { method: 'POST', credentials: 'same-origin' });
  if (!answer.ok) throw new Error((await answer.json()).detail);
  // One JSON object a line, while it works.
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ''; ;) {
    const { value, done } = await reader.read();
    if (done) break;
    const lines = (rest + value).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      const step = JSON.parse(line);
      at('progress-bar').value = step.people_done / step.people;
      at('progress-text').textContent = `${step.events.toLocaleString()} events of ${step.people_done.toLocaleString()} people`;
    }
  }
  at('progress').hidden = true;
}

function showSignedOut() {
  for (const id of ['connect', 'now', 'live']) at(id).hidden = true;
  at('signed-out').hidden = false;
  at('freshness').textContent = 'signed out';
  at('freshness').className = 'pill';
}

async function start() {
  document.querySelectorAll('[data-origin]').forEach((spot) => { spot.textContent = location.origin; });
  try {
    project = await ask('/api/v1/first-page');
  } catch (error) {
    if (error.status !== 401) return say(error.message);
    return showSignedOut();
  }
  at('project').textContent = project.name;
  for (const id of ['connect', 'now', 'live']) at(id).hidden = false;
  showSnippets();
  at('send-test').addEventListener('click', () => sendTest().catch((error) => say(error.message)));
  at('fill-demo').addEventListener('click', () => fillDemo().catch((error) => say(error.message)));
  await keepFresh();
}

start();
