using Cairn.Support;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Sessions;

/// <summary>The kernel cuts the same sessions as its naive twin, which keeps lists and asks for the local date of every event, on random lives in zones whose clocks change.</summary>
public class Cutting_like_the_oracle
{
    static readonly int Lives = FullRun.Count(3_000, 100_000);

    [Fact]
    public void Cuts_random_lives()
    {
        for (var seed = 1; seed <= Lives; seed++)
        {
            var random = new Random(seed);
            var zone = DateTimeZoneProviders.Tzdb[RandomSessions.Zones[random.Next(RandomSessions.Zones.Length)]];
            var switches = RandomSessions.Switches(random);
            var rows = RandomSessions.Events(random, 1, 12).OrderBy(row => row.Time).ThenBy(row => row.Name, StringComparer.Ordinal).ToList();
            var (expected, found) = (SessionOracle.SessionsOf(switches, zone, rows), SessionRows.ByKernel(switches, zone, rows));
            Assert.True(expected.SequenceEqual(found), $"seed {seed}: expected {string.Join(' ', expected)}\nfound {string.Join(' ', found)}\n{switches}");
        }
        FullRun.Keep(this, $"seeds 1 to {Lives}: every event is in the session that the naive twin puts it in");
    }
}
