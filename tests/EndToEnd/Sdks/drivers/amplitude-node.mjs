// @amplitude/analytics-node against /2/httpapi: every promise must say 200.
import { load, report, token, url } from './tools.mjs';
const amplitude = load('@amplitude/analytics-node');
const codes = [];
const complaints = [];
const loggerProvider = { disable() {}, enable() {}, log() {}, debug() {}, warn: (...a) => complaints.push(a.join(' ')), error: (...a) => complaints.push(a.join(' ')) };
await amplitude.init(token, { serverUrl: `${url.origin}/2/httpapi`, flushIntervalMillis: 50, flushQueueSize: 20, loggerProvider }).promise;
const sent = [];
for (let i = 0; i < 50; i++) sent.push(amplitude.track('Amp Node Event', { n: i, plan: i % 2 ? 'pro' : 'free' }, { user_id: `amp-user-${i % 5}`, device_id: `amp-device-${i % 5}` }));
sent.push(amplitude.track('Amp Node Anonymous', {}, { device_id: 'amp-device-0' }));
const identify = new amplitude.Identify().set('tier', 'gold').add('credits', 4).append('tags', 'x').setOnce('first', 'yes');
sent.push(amplitude.identify(identify, { user_id: 'amp-user-0', device_id: 'amp-device-0' }));
const revenue = new amplitude.Revenue().setProductId('sku').setPrice(9.5).setQuantity(2);
sent.push(amplitude.revenue(revenue, { user_id: 'amp-user-0', device_id: 'amp-device-0' }));
sent.push(amplitude.groupIdentify('company', 'acme', new amplitude.Identify().set('seats', 7), { user_id: 'amp-user-0', device_id: 'amp-device-0' }));
for (const call of sent) codes.push((await call.promise).code);
await amplitude.flush().promise;
report({ called: codes.length, failures: codes.filter((code) => code !== 200), complaints });
