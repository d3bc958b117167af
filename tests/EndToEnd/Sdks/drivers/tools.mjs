// What the drivers share: packages from the tests' pinned npm folder, and one JSON line as the result.
// Environment: CAIRN_URL (the running server), CAIRN_TOKEN (write token), CAIRN_API_KEY, CAIRN_NODE_TOOLS (folder with node_modules), CHROMIUM.
import { createRequire } from 'node:module';
import http from 'node:http';
import fs from 'node:fs';
import path from 'node:path';

export const url = new URL(process.env.CAIRN_URL);
export const token = process.env.CAIRN_TOKEN;
export const tools = process.env.CAIRN_NODE_TOOLS;
export const load = createRequire(path.join(tools, 'package.json'));
export const packageFile = (...parts) => path.join(tools, 'node_modules', ...parts);

export function report(result) {
  process.stdout.write(JSON.stringify(result) + '\n', () => process.exit(0));
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Serves one page and the SDK's own bundle from another origin than the server's, so that CORS is real; runs `scenario` in
// the page and gives back what it returned, everything the console complained of, and every answer the server gave.
export async function inBrowser({ bundle, globals = '', scenario, argument, settleMs = 2500 }) {
  const { chromium } = load('playwright-core');
  const site = http.createServer((request, response) => {
    const wanted = new URL(request.url, 'http://site').pathname;
    if (wanted.startsWith('/sdk/')) {
      const file = path.join(path.dirname(bundle), wanted.slice(5));
      if (fs.existsSync(file)) {
        response.writeHead(200, { 'content-type': 'text/javascript' });
        return response.end(fs.readFileSync(file));
      }
    }
    if (wanted === '/favicon.ico') return response.writeHead(204).end();
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<!doctype html><meta charset="utf-8"><title>Shop</title><script>${globals}</script><script src="/sdk/${path.basename(bundle)}"></script><h1>Shop</h1>`);
  });
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const complaints = [], answers = [];
  try {
    const page = await browser.newPage();
    page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`); });
    page.on('pageerror', (error) => complaints.push(`page: ${error.message}`));
    page.on('requestfailed', (request) => { if (request.url().startsWith(url.origin)) complaints.push(`failed: ${request.url()} ${request.failure()?.errorText}`); });
    page.on('response', (response) => { if (response.url().startsWith(url.origin)) answers.push({ method: response.request().method(), path: new URL(response.url()).pathname, status: response.status() }); });
    await page.goto(`http://127.0.0.1:${site.address().port}/?utm_source=newsletter&utm_campaign=spring`);
    const returned = await page.evaluate(scenario, argument);
    await pause(settleMs);
    // Leaving the page makes the SDKs send what is left by sendBeacon.
    await page.goto('about:blank');
    await pause(500);
    return { returned, complaints, answers };
  } finally {
    await browser.close();
    site.close();
  }
}
