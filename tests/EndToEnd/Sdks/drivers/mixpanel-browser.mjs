// mixpanel-browser in a page: batched events, identify, profile, group, and what a hidden page sends by beacon.
import { inBrowser, packageFile, report, token, url } from './tools.mjs';
report(await inBrowser({
  bundle: packageFile('mixpanel-browser', 'dist', 'mixpanel.umd.js'),
  argument: { token, host: url.origin },
  scenario: async ({ token, host }) => {
    const seen = [];
    mixpanel.init(token, { api_host: host, batch_flush_interval_ms: 300, persistence: 'localStorage', track_pageview: false, autocapture: false, error_reporter: (message) => seen.push(String(message)) });
    mixpanel.track('Browser Anonymous', { colour: 'blue', emoji: '😀' });
    mixpanel.register({ plan: 'free' });
    await new Promise((resolve) => setTimeout(resolve, 800));
    mixpanel.identify('browser-ann');
    mixpanel.people.set({ $name: 'Ann', city: 'Zürich' });
    mixpanel.people.increment('visits', 2);
    mixpanel.track('Browser Known', { price: 3 });
    mixpanel.set_group('company', 'acme');
    mixpanel.get_group('company', 'acme').set({ seats: 5 });
    const single = await new Promise((resolve) => mixpanel.track('Browser At Once', {}, { send_immediately: true }, (answer) => resolve(answer)));
    await new Promise((resolve) => setTimeout(resolve, 800));
    mixpanel.track('Browser Last Words');
    return { seen, single };
  },
}));
