using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Lifecycle;
using Cairn.Support;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Lifecycle;

/// <summary>The lifecycle kernel agrees on random lives with the page's four sentences, asked of each interval on its own.</summary>
public class Living_like_the_oracle
{
    static readonly int Seeds = FullRun.Count(3_000, 50_000);

    static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo"];

    [Fact]
    public void Agrees_on_random_lives()
    {
        for (var seed = 1; seed <= Seeds; seed++) Agree(seed);
        FullRun.Keep(this, $"seeds 1 to {Seeds}: every interval has the status that the page says");
    }

    static void Agree(int seed)
    {
        var random = new Random(seed);
        var zone = DateTimeZoneProviders.Tzdb[Zones[random.Next(Zones.Length)]];
        var first = new LocalDate(2025, 3, 20).PlusDays(random.Next(20));
        var definition = new LifecycleDefinition
        {
            Project = new("p", IdentityMode.Simplified, zone),
            Range = TimeRange.Days(first, first.PlusDays(random.Next(40)), zone),
            Now = Instant.FromUtc(2025, 4, 1, 0, 0) + Duration.FromDays(random.Next(60)),
            Events = [EventSelection.Every("any event")],
            Unit = new(new[] { TimeUnit.Day, TimeUnit.Week, TimeUnit.Month }[random.Next(3)], random.Next(3) == 0 ? 2 : 1),
            Switches = Switches.Mixpanel,
        };
        var intervals = new LifecycleIntervals(definition);
        var at = Enumerable.Range(0, random.Next(12)).Select(_ => Instant.FromUtc(2025, 2, 1, 0, 0) + Duration.FromHours(random.Next(120 * 24))).Order().ToArray();
        var statuses = new LifecycleStatus[intervals.Count];
        var expected = new LifecycleStatus[intervals.Count];
        for (var row = 0; row < expected.Length; row++)
        {
            var start = intervals.Starts[row].Date;
            bool IsActive(LocalDate from, LocalDate until) => at.Any(one => one.InZone(zone).Date >= from && one.InZone(zone).Date < until);
            LocalDate Later(int count) => definition.Unit.Unit switch
            {
                TimeUnit.Day => start.PlusDays(count * definition.Unit.Count),
                TimeUnit.Week => start.PlusWeeks(count * definition.Unit.Count),
                _ => start.PlusMonths(count * definition.Unit.Count),
            };
            var (isActive, wasActive, everBefore) = (IsActive(start, Later(1)), IsActive(Later(-1), start), IsActive(LocalDate.MinIsoValue, start));
            var hasBegun = zone.AtStartOfDay(start).ToInstant() <= definition.Now;
            expected[row] = isActive ? !everBefore ? LifecycleStatus.New : wasActive ? LifecycleStatus.Current : LifecycleStatus.Resurrected : wasActive && hasBegun ? LifecycleStatus.Dormant : LifecycleStatus.None;
        }

        LifecycleKernel.FindStatuses([.. at.Select(one => one.ToUnixTimeMilliseconds())], intervals.StartsMs, intervals.Begun, statuses);

        Assert.True(expected.SequenceEqual(statuses), $"seed {seed}: expected {string.Join(' ', expected)}, found {string.Join(' ', statuses)}");
    }
}
