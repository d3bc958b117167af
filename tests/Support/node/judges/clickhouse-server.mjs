// ClickHouse, in process, behind as much of its HTTP interface as we use: one form a question (the statement, values bound in it as param_…, tables sent along), the answer one JSON array a
// line. Prints its port. Every statement is noted, and GET /asked gives them: what a server's query log would show.
import { createRequire } from 'node:module';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
const { Session } = createRequire(import.meta.url)('chdb');
process.chdir(path.parse(os.tmpdir()).root);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cairn-clickhouse-'));
const session = new Session(path.join(folder, 'data'));
const asked = [];
const literal = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0')}'`;
const isSetting = (name) => !['query', 'query_id', 'default_format', 'wait_end_of_query', 'enable_http_compression'].includes(name) && !/_(structure|format)$|^param_/.test(name);

function parts(body, type) {
  const boundary = Buffer.from(`--${/boundary="?([^";]+)/.exec(type)[1]}`);
  const found = [];
  for (let at = body.indexOf(boundary); at >= 0; ) {
    const next = body.indexOf(boundary, at + boundary.length);
    if (next < 0) break;
    const split = body.indexOf('\r\n\r\n', at);
    const head = body.subarray(at, split).toString();
    found.push({ name: /[; ]name="?([^";\r]+)/.exec(head)[1], isFile: /filename=/.test(head), content: body.subarray(split + 4, next - 2) });
    at = next;
  }
  return found;
}

async function answer(request, url, body) {
  const isForm = (request.headers['content-type'] ?? '').startsWith('multipart/form-data');
  const form = isForm ? parts(body, request.headers['content-type']) : [];
  const fields = new Map([...url.searchParams, ...form.filter((part) => !part.isFile).map((part) => [part.name, part.content.toString()])]);
  const sql = fields.get('query') ?? body.toString();
  const note = { sql, id: fields.get('query_id') ?? '', user: request.headers['x-clickhouse-user'] ?? '', fault: '' };
  asked.push(note);
  // The engine in process has no list of what runs, so that there is nothing to stop: that it was asked to is noted.
  if (sql.startsWith('KILL QUERY')) return '';
  const uploads = form.filter((part) => part.isFile);
  for (const [name, value] of fields) if (name.startsWith('param_')) session.query(`set ${name} = ${literal(value)}`);
  try {
    for (const { name, content } of uploads) {
      const file = path.join(folder, `${name}.tsv`);
      fs.writeFileSync(file, content);
      session.query(`create temporary table ${name} (${fields.get(`${name}_structure`)})`);
      session.query(`insert into ${name} select * from file(${literal(file)}, ${fields.get(`${name}_format`)}, ${literal(fields.get(`${name}_structure`))})`);
    }
    const settings = [...url.searchParams].filter(([name]) => isSetting(name)).map(([name, value]) => `${name} = ${literal(value)}`);
    const result = await session.queryAsync(settings.length ? `${sql}\nsettings ${settings.join(', ')}` : sql, { format: fields.get('default_format') ?? 'TabSeparated' });
    return { text: result.text(), rows: result.rowsRead, bytes: result.bytesRead };
  } catch (fault) {
    note.fault = String(fault?.message ?? fault);
    throw fault;
  } finally {
    for (const { name } of uploads) session.query(`drop temporary table if exists ${name}`);
  }
}

// One statement at a time: values are bound to the session.
let turn = Promise.resolve();
const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const url = new URL(request.url, 'http://localhost');
    if (url.pathname === '/asked') return void response.end(JSON.stringify(asked));
    const work = async () => {
      try {
        const { text = '', rows = 0, bytes = 0 } = (await answer(request, url, Buffer.concat(chunks))) || {};
        const summary = { 'X-ClickHouse-Summary': JSON.stringify({ read_rows: String(rows), read_bytes: String(bytes) }) };
        if (url.searchParams.get('enable_http_compression') !== '1' || !/gzip/.test(request.headers['accept-encoding'] ?? '')) return void response.writeHead(200, summary).end(text);
        response.writeHead(200, { ...summary, 'Content-Encoding': 'gzip' }).end(zlib.gzipSync(text));
      } catch (fault) {
        response.writeHead(500).end(String(fault?.message ?? fault));
      }
    };
    // What stops a statement does not wait for it.
    if (chunks.length === 1 && chunks[0].toString().startsWith('KILL QUERY')) work();
    else turn = turn.then(work);
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
// Whoever started it ends it by closing its input.
process.stdin.on('end', () => {
  fs.rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});
process.stdin.resume();
