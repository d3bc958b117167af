using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Support.Query;
using NodaTime;

namespace Cairn.Behaviour.Query.ClickHouse;

/// <summary>Random projects, and conditions and breakdowns to ask of them.</summary>
static class RandomLakes
{
    public static readonly string[] Names = ["Sign Up", "Purchase", "View", "it's \"x\" \\"];

    static readonly string[] Filters =
    [
        "properties[\"plan\"] == \"pro\"", "properties[\"n\"] > 3", "not (properties[\"n\"] > 3)", "defined(properties[\"plan\"])",
        "properties[\"plan\"] == \"pro\" and properties[\"n\"] > 3", "properties[\"plan\"] == \"pro\" or not defined(properties[\"n\"])",
        "properties[\"n\"] in [1, 2, 5]", "properties[\"plan\"] in [\"pro\", \"o'x\"]", "properties[\"paid\"]", "properties[\"mixed\"] == 1 or properties[\"mixed\"] == \"1\"",
        "properties[\"n\"] > 2 and not (properties[\"paid\"] or properties[\"plan\"] == \"free\")", "properties[\"absent\"] == properties[\"plan\"]",
        "event[\"$time\"] >= datetime(\"2025-03-30T12:00:00\")", "string(properties[\"n\"], \"none\") != \"none\"", "\"r\" in properties[\"plan\"]",
        "properties[\"n\"] % 3 == 1", "round(properties[\"price\"]) > 50", "number(properties[\"paid\"], 7) > 0", "user[\"tier\"] == \"gold\"", "not (user[\"age\"] > 30)",
        "properties[\"n\"] / 0 == properties[\"absent\"]", "if(properties[\"paid\"], properties[\"n\"], 2) >= 2",
    ];

    static readonly string[] Breakdowns =
    [
        "properties[\"plan\"]", "properties[\"n\"]", "properties[\"paid\"]", "properties[\"mixed\"]", "properties[\"absent\"]", "properties[\"price\"]",
        "properties[\"n\"] % 2", "properties[\"plan\"] == \"pro\" and properties[\"paid\"]", "user[\"tier\"]", "event",
    ];

    static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo"];

    static readonly DateTimeOffset Start = new(2025, 3, 28, 0, 0, 0, TimeSpan.Zero);

    public static Expression? Filter(Random random, int of) => random.Next(of) == 0 ? ExpressionParser.Parse(Filters[random.Next(Filters.Length)]) : null;

    public static Breakdown[] SomeBreakdowns(Random random, int upTo) =>
        [.. Enumerable.Range(0, random.Next(upTo + 1)).Select(_ => new Breakdown(ExpressionParser.ParseBreakdown(Breakdowns[random.Next(Breakdowns.Length)])))];

    public static ReportProject Project(Random random, IdentityMode mode) => new(Cairn.Support.Lake.LakeWorld.ProjectId, mode, DateTimeZoneProviders.Tzdb[Zones[random.Next(Zones.Length)]]);

    public static EventSelection Selection(Random random, int filterOf = 3) => random.Next(6) == 0
        ? EventSelection.Every("any", Filter(random, filterOf))
        : new EventSelection("some", [.. Names.Append("Nothing").OrderBy(_ => random.Next()).Take(random.Next(1, 3))], Filter(random, filterOf));

    /// <summary>Events in several commits, each by the links known then, and links that came later.</summary>
    /// <param name="hours">How long the events lie apart at most.</param>
    public static async Task FillAsync(ClickHouseWorld world, Random random, int maxEvents = 400, int hours = 144)
    {
        for (var commit = random.Next(1, 4); commit > 0; commit--)
        {
            await world.AddAsync(Events(random, random.Next(maxEvents / 2), hours));
            for (var i = random.Next(4); i > 0; i--) world.Link(Id(random), Id(random), LinkRule.ByHand, Start.ToUnixTimeMilliseconds() + i);
            for (var i = random.Next(4); i > 0; i--)
                world.Link(random.Next(2) == 0 ? $"$device:d{random.Next(4)}" : Id(random), Id(random), LinkRule.AmplitudeDeviceAndUser, Start.AddHours(random.Next(hours)).ToUnixTimeMilliseconds());
        }
        for (var i = 0; i < 12; i++) world.Know($"u{i}", $$"""{"tier":{{new[] { "\"gold\"", "\"none\"", "true", "2.5" }[random.Next(4)]}},"age":{{random.Next(60)}}}""");
    }

    static string Id(Random random) => $"u{random.Next(12)}";

    static IEnumerable<MemoryEvent> Events(Random random, int count, int hours)
    {
        for (var i = 0; i < count; i++)
        {
            var properties = new List<string>();
            if (random.Next(4) > 0) properties.Add($"\"plan\":\"{new[] { "free", "pro", "o'x" }[random.Next(3)]}\"");
            if (random.Next(4) > 0) properties.Add($"\"n\":{random.Next(8)}");
            if (random.Next(3) == 0) properties.Add($"\"paid\":{(random.Next(2) == 0 ? "true" : "false")}");
            if (random.Next(3) == 0) properties.Add($"\"mixed\":{new[] { "1", "\"1\"", "true", "\"undefined\"", "1e21", "0.1" }[random.Next(6)]}");
            if (random.Next(3) == 0) properties.Add($"\"price\":{(random.NextDouble() * 100).ToString("F2", System.Globalization.CultureInfo.InvariantCulture)}");
            var ms = random.NextInt64(hours * 3_600_000L);
            if (random.Next(3) == 0) ms -= ms % 1000;
            var dialect = (Dialect)random.Next(1, 4);
            yield return new(Names[random.Next(Names.Length)], Start.AddMilliseconds(ms), dialect != Dialect.Mixpanel || random.Next(20) == 0 ? null : Id(random), $"{{{string.Join(',', properties)}}}")
            {
                Dialect = dialect,
                DeviceId = random.Next(3) == 0 ? $"d{random.Next(4)}" : null,
                UserId = random.Next(3) == 0 ? Id(random) : null,
                InsertId = $"i{random.Next(1_000_000)}",
                ReceivedAt = Start.AddMilliseconds(ms + random.Next(10_000)),
            };
        }
    }
}
