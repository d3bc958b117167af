using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Cairn.Benchmarks;

/// <summary>
/// Bodies of Mixpanel's <c>/import</c> with events as peers/generate.mjs makes them: the same names, properties and skew, 40 events a user, 90
/// days, time ascending.
/// </summary>
/// <param name="insertIdPrefix">Tells the insert ids of two runs apart.</param>
sealed class BenchBodies(int seed, int users, string insertIdPrefix = "i")
{
    const long FirstMs = 1_767_225_600_000;
    static readonly string[] Countries = ["US", "IN", "BR", "GB", "DE", "FR", "JP", "CA", "AU", "MX", "ES", "IT", "NL", "SE", "PL", "KR", "ID", "TR", "AR", "ZA"];
    static readonly string[] Systems = ["iOS", "Android", "Windows", "Mac OS X", "Linux"];
    static readonly string[] Sources = ["direct", "google", "tiktok", "email", "facebook", "partner", "bing", "newsletter"];

    readonly Random random = new(seed);
    long made;

    /// <summary>The next body, as an SDK sends it: gzip of a JSON array.</summary>
    /// <param name="total">Events of the whole run, over which the 90 days spread.</param>
    public byte[] Next(int eventCount, long total)
    {
        var json = new StringBuilder("[");
        for (var i = 0; i < eventCount; i++)
        {
            if (i > 0) json.Append(',');
            Add(json, FirstMs + (long)(90L * 86_400_000 * ((double)made / total)));
            made++;
        }
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(Encoding.UTF8.GetBytes(json.Append(']').ToString()));
        return packed.ToArray();
    }

    void Add(StringBuilder json, long timeMs)
    {
        var user = (int)(Math.Pow(random.NextDouble(), 1.6) * users);
        var own = new Random(user);
        var plan = own.NextDouble() switch { < .7 => "free", < .92 => "pro", _ => "enterprise" };
        var country = Countries[(int)(Math.Pow(own.NextDouble(), 2) * 20)];
        var (system, source) = (Systems[own.Next(5)], Sources[own.Next(8)]);
        var draw = random.NextDouble();
        var name = draw switch
        {
            < .30 => "Page View",
            < .42 => "Search",
            < .55 => "View Product",
            < .63 => "Add to Cart",
            < .67 => "Begin Checkout",
            < .695 => "Purchase",
            < .735 => "Sign Up",
            < .80 => "Log In",
            _ => $"Event {20 + (int)((draw - .8) * 150):d2}",
        };
        var revenue = draw is >= .67 and < .695 ? (5 + (200 * Math.Pow(random.NextDouble(), 3))).ToString("F2", CultureInfo.InvariantCulture) : "null";
        json.Append(CultureInfo.InvariantCulture,
            $$$"""{"event":"{{{name}}}","properties":{"distinct_id":"u{{{user:d9}}}","time":{{{timeMs}}},"$insert_id":"{{{insertIdPrefix}}}{{{made:d11}}}","plan":"{{{plan}}}","country":"{{{country}}}","$os":"{{{system}}}","utm_source":"{{{source}}}","revenue":{{{revenue}}},"page":"/p/{{{(int)(Math.Pow(random.NextDouble(), 3) * 2000)}}}"}}""");
    }
}
