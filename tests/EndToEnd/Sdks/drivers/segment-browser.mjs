// @segment/analytics-next in a page: settings from us first, which name us as the host for messages too; then one message a request.
import { inBrowser, packageFile, report, token, url } from './tools.mjs';
report(await inBrowser({
  bundle: packageFile('@segment', 'analytics-next', 'dist', 'umd', 'index.js'),
  argument: { token, host: url.origin },
  scenario: async ({ token, host }) => {
    const [analytics] = await window.AnalyticsNext.AnalyticsBrowser.load({ writeKey: token, cdnURL: host });
    await analytics.page('Home');
    await analytics.track('Seg Browser Anonymous', { colour: 'blue', emoji: '😀' });
    await analytics.identify('seg-browser-ann', { plan: 'pro' });
    await analytics.track('Seg Browser Known', { price: 3 });
    await analytics.group('acme', { seats: 4 });
    return { user: analytics.user().id(), anonymous: analytics.user().anonymousId() };
  },
}));
