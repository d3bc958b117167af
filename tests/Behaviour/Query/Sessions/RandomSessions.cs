using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Support.Query;

namespace Cairn.Behaviour.Query.Sessions;

/// <summary>Random events around days on which clocks change, and random ways to cut them.</summary>
static class RandomSessions
{
    public static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo"];

    static readonly string[] Names = ["Open", "View", "Buy", "Close", "$identify", "Heartbeat"];

    static readonly DateTimeOffset Start = new(2025, 3, 28, 0, 0, 0, TimeSpan.Zero);

    public static SessionSwitches Switches(Random random)
    {
        var by = (SessionsBy)random.Next(4);
        TimeSpan? timeout = by is SessionsBy.Timeout or SessionsBy.Events || random.Next(3) == 0 ? TimeSpan.FromMinutes(random.Next(4) == 0 ? random.Next(1, 1441) : random.Next(1, 40)) : null;
        return new(
            by, timeout, random.Next(2) == 0, (LongSessions)random.Next(3), TimeSpan.FromHours(random.Next(1, 30)), (SessionFilter)random.Next(2), (SessionUsers)random.Next(2))
        {
            Property = by == SessionsBy.Property ? ExpressionParser.Parse("properties[\"visit\"]") : null,
            StartEvents = by == SessionsBy.Events ? ["Open"] : [],
            EndEvents = random.Next(2) == 0 ? ["Close"] : [],
            ExcludedEvents = random.Next(3) == 0 ? ["Heartbeat"] : [],
        };
    }

    /// <summary>Visits of a few events minutes apart, and single events anywhere; no two of a person at one moment with the same name.</summary>
    public static List<MemoryEvent> Events(Random random, int people, int visits)
    {
        var events = new Dictionary<(string?, DateTimeOffset, string), MemoryEvent>();
        for (var visit = random.Next(visits); visit > 0; visit--)
        {
            var person = random.Next(25) == 0 ? null : $"u{random.Next(people)}";
            var at = Start.AddMinutes(random.Next(6 * 24 * 60));
            for (var count = random.Next(1, 9); count > 0; count--)
            {
                var name = Names[random.Next(Names.Length)];
                var properties = $$"""{"n":{{random.Next(3)}},"tags":["a{{random.Next(2)}}","b{{random.Next(3)}}"]{{(random.Next(4) == 0 ? "" : $",\"visit\":\"v{random.Next(4)}\"")}}}""";
                events[(person, at, name)] = new(name, at, person, properties) { SessionId = random.Next(4) switch { 0 => null, 1 => "-1", _ => $"{random.Next(5)}" } };
                at = at.AddSeconds(random.Next(6) switch { 0 => 0, 1 => 30 * 60, 2 => random.Next(60 * 60), 3 => random.Next(20 * 60 * 60), _ => random.Next(600) });
            }
        }
        return [.. events.Values];
    }
}
