using System.Globalization;
using System.Text.Json;

namespace Cairn.Support.Cost;

/// <summary>Events like those of Mixpanel's browser library: a page, its referrer, the browser and the screen beside a product's own few properties.</summary>
/// <remarks>Which properties: captures in tests/Golden/captures/mixpanel. Values are repeated as they are in the field, where a person has one browser and a product a hundred pages.</remarks>
public static class SomeEvents
{
    /// <summary>Before this all events lie, in two closed months: what belongs together is merged at once.</summary>
    static readonly DateTimeOffset Until = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    static readonly string[] Names = ["Viewed Page", "Viewed Page", "Viewed Page", "Searched", "Added To Cart", "Purchased", "Signed In"];
    static readonly string[] Browsers = ["Chrome", "Chrome", "Safari", "Firefox", "Microsoft Edge"];
    static readonly string[] Systems = ["Windows", "Mac OS X", "Android", "iOS"];

    /// <summary>A body of events as JSON.</summary>
    /// <param name="people">Among how many they are spread.</param>
    /// <param name="onePerson">Whether all are of one person, minute after minute, as an SDK batches them; else of anybody, over two months.</param>
    public static string Of(string token, int count, int people, int seed, bool onePerson)
    {
        var random = new Random(seed);
        var person = random.Next(people);
        var at = Until.AddSeconds(-random.Next(59 * 86_400));
        return JsonSerializer.Serialize(Enumerable.Range(0, count).Select(i =>
        {
            if (!onePerson) (person, at) = (random.Next(people), Until.AddSeconds(-random.Next(59 * 86_400)));
            else at = at.AddSeconds(random.Next(5, 90));
            return new { @event = Names[random.Next(Names.Length)], properties = Properties(token, person, at, random) };
        }));
    }

    static Dictionary<string, object> Properties(string token, int person, DateTimeOffset at, Random random)
    {
        var own = new Random(person);
        var page = random.Next(120);
        var properties = new Dictionary<string, object>
        {
            ["token"] = token,
            ["distinct_id"] = string.Create(CultureInfo.InvariantCulture, $"18f0a{own.Next():x8}-0{own.Next():x8}-1f462c6e-{person:x6}"),
            ["time"] = at.ToUnixTimeMilliseconds(),
            ["$insert_id"] = string.Create(CultureInfo.InvariantCulture, $"{random.NextInt64():x16}").PadRight(16, 'z')[..16],
            ["mp_lib"] = "web",
            ["$lib_version"] = "2.58.0",
            ["$os"] = Systems[own.Next(Systems.Length)],
            ["$browser"] = Browsers[own.Next(Browsers.Length)],
            ["$browser_version"] = 120 + own.Next(12),
            ["$screen_width"] = 1_280 + (160 * own.Next(5)),
            ["$screen_height"] = 720 + (90 * own.Next(5)),
            ["$current_url"] = $"https://shop.example.com/products/{page}",
            ["current_page_title"] = $"Product {page}",
            ["$referrer"] = own.Next(3) == 0 ? "https://www.google.com/" : "$direct",
            ["$city"] = $"City {own.Next(300)}",
            ["mp_country_code"] = $"C{own.Next(40)}",
            ["plan"] = own.Next(4) == 0 ? "pro" : "free",
            ["logged_in"] = own.Next(2) == 0,
        };
        if (random.Next(7) == 0) properties["amount"] = random.Next(500, 20_000) / 100.0;
        return properties;
    }
}
