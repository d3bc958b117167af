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
  const tokens = await page.locator('dd').allInnerTexts();
  const again = await browser.newPage();
  const secondUse = (await again.goto(process.env.CAIRN_LINK)).status();
  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(url.origin);
  await stranger.getByRole('heading', { name: 'Sign in' }).waitFor();
  report({ complaints, snippet, address, seenAfterMs, tokens, secondUse, strangerSees: await stranger.getByRole('heading').allInnerTexts() });
} finally {
  await browser.close();
}
