// The first page as a newcomer uses it: opens the one-time link, picks a snippet, sends the test event, sees it arrive.
import { load, report, url } from './tools.mjs';
const { chromium } = load('playwright-core');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  const page = await browser.newPage();
  const complaints = [];
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => { complaints.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  await page.goto(process.env.CAIRN_LINK);
  await page.getByRole('heading', { name: 'Point an SDK here' }).waitFor();
  await page.getByText('No event yet.').waitFor();
  await page.getByRole('tab', { name: 'Amplitude Node' }).click();
  const snippet = await page.getByRole('tabpanel').innerText();
  const address = page.url();
  await page.getByRole('button', { name: 'Send a test event' }).click();
  const sent = performance.now();
  await page.getByRole('cell', { name: 'Test Event' }).waitFor({ timeout: 20000 });
  const seenAfterMs = Math.round(performance.now() - sent);
  // Names and values that are markup are shown as they are, and a telephone shows all of a row.
  const markup = '<img src=x onerror=alert(1)>';
  const hostile = { event: markup, properties: { token: process.env.CAIRN_TOKEN, distinct_id: '<script>alert(2)</script>', [markup]: markup, long: 'L'.repeat(5000) } };
  await fetch(new URL('/track', url), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify([hostile]) });
  await page.getByRole('cell', { name: markup, exact: true }).waitFor({ timeout: 20000 });
  const madeOfMarkup = await page.locator('#events img, #events script').count();
  await page.setViewportSize({ width: 375, height: 740 });
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const eventWidth = Math.round((await page.getByRole('cell', { name: 'Test Event' }).boundingBox()).width);
  const tokens = await page.locator('dd').allInnerTexts();
  const again = await browser.newPage();
  const secondUse = (await again.goto(process.env.CAIRN_LINK)).status();
  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(url.origin);
  await stranger.getByRole('heading', { name: 'Sign in' }).waitFor();
  // Signed out elsewhere, the page that is open says so.
  await page.evaluate(() => fetch('/api/v1/sign-out', { method: 'POST' }));
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  report({ madeOfMarkup, wider, eventWidth, signedOutSees: await page.getByRole('heading').allInnerTexts(), complaints, snippet, address, seenAfterMs, tokens, secondUse, strangerSees: await stranger.getByRole('heading').allInnerTexts() });
} finally {
  await browser.close();
}
